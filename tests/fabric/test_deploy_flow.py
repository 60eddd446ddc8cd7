"""What a failure leads to, before and after the switch, on a host that is a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.release import activation, folders, handover, journal
from deploy.release.archive import make_archive
from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.steps import Steps

OLD = "0123456789ab-20261123T180000Z"
NEW = "ba9876543210-20261124T180000Z"
REVISION = "4a949a6a754a7f7a86100d280a31f67864fc8b96"


@pytest.fixture
def site(host: Any, tree: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Both releases are there, the old one serves; `broken` names releases that do not answer well."""
    archive = make_archive(tree)
    for name in (OLD, NEW):
        folders.upload(host, archive, name, REVISION)
    folders.switch(host, OLD)
    journal.record(host, "deploy", OLD, "serving")
    state: dict[str, Any] = {"broken": set(), "restarts": 0}

    def restart(_: Any) -> None:
        state["restarts"] += 1

    def verify(_: Any, release: str) -> None:
        if release != folders.serving(host) or release in state["broken"]:
            raise DeployError("it answers 500")

    monkeypatch.setattr(activation, "restart", restart)
    monkeypatch.setattr(activation, "verify", verify)
    return state


def outcomes(host: Any) -> list[tuple[str, str]]:
    return [(line["release"], line["outcome"]) for line in journal.entries(host)]


def test_a_good_release_serves(host: Any, site: dict[str, Any]) -> None:
    activation.activate(host, NEW, "deploy", Steps("test"))
    assert folders.serving(host) == NEW
    assert outcomes(host)[-1] == (NEW, "serving")
    assert journal.entries(host)[-1]["revision"] == REVISION
    assert journal.unfinished_switch(host) is None
    assert site["restarts"] == 1


def test_a_release_that_answers_badly_is_rolled_back(host: Any, site: dict[str, Any]) -> None:
    site["broken"] = {NEW}
    with pytest.raises(DeployError, match=f"{NEW} was rolled back; {OLD} serves again: it answers 500"):
        activation.activate(host, NEW, "deploy", Steps("test"))
    assert folders.serving(host) == OLD
    assert outcomes(host)[-1] == (NEW, "rolled back")
    assert journal.unfinished_switch(host) is None


@pytest.mark.parametrize("switched", [False, True])
def test_a_switch_that_was_cut_short_is_repaired(host: Any, site: dict[str, Any], switched: bool) -> None:
    journal.announce_switch(host, OLD, NEW)
    if switched:
        folders.switch(host, NEW)
    activation.recover(host, Steps("test"))
    assert folders.serving(host) == (NEW if switched else OLD)
    assert outcomes(host)[-1] == (NEW, "serving" if switched else "rolled back")
    assert journal.unfinished_switch(host) is None


@pytest.mark.parametrize("switched", [False, True])
def test_a_first_switch_that_was_cut_short_is_repaired(
    host: Any, site: dict[str, Any], monkeypatch: pytest.MonkeyPatch, switched: bool
) -> None:
    """There is no release before; if there is a previous site, nginx leads to the release then."""
    taken_over: list[str] = []
    monkeypatch.setattr(handover, "take_over", lambda *_: taken_over.append("taken over"))
    monkeypatch.setattr(handover, "retire", lambda _: taken_over.append("retired"))
    monkeypatch.setattr(handover, "give_back", lambda *_: taken_over.append("given back"))
    host.run(f"rm {layout.CURRENT}")
    journal.announce_switch(host, None, NEW)
    if switched:
        folders.switch(host, NEW)
    activation.recover(host, Steps("test"))
    assert taken_over == (["taken over", "retired"] if switched else ["given back"])
    assert folders.serving(host) == (NEW if switched else None)
    assert journal.unfinished_switch(host) is None


def test_a_bad_release_that_was_cut_short_is_rolled_back(host: Any, site: dict[str, Any]) -> None:
    site["broken"] = {NEW}
    journal.announce_switch(host, OLD, NEW)
    folders.switch(host, NEW)
    activation.recover(host, Steps("test"))
    assert folders.serving(host) == OLD


def test_nothing_to_recover_restarts_nothing(host: Any, site: dict[str, Any]) -> None:
    activation.recover(host, Steps("test"))
    assert site["restarts"] == 0


def test_a_release_whose_deploy_died_before_the_switch_is_removed(host: Any, site: dict[str, Any]) -> None:
    activation.recover(host, Steps("test"))
    assert folders.names(host) == [OLD]


def test_rollback_goes_to_the_last_good_release(host: Any, site: dict[str, Any]) -> None:
    activation.activate(host, NEW, "deploy", Steps("test"))
    assert activation.release_before(host) == OLD


def test_rollback_never_goes_to_a_release_that_never_served_well(host: Any, site: dict[str, Any]) -> None:
    with pytest.raises(DeployError, match="no earlier release"):
        activation.release_before(host)


def test_good_releases_are_in_the_order_of_their_last_turn() -> None:
    lines = [{"release": name, "outcome": outcome} for name, outcome in (
        ("a", "serving"), ("b", "serving"), ("c", "rolled back"), ("a", "serving"))]  # fmt: skip
    assert journal.good_releases(lines) == ["b", "a"]


def test_a_torn_line_of_the_journal_is_left_out(host: Any) -> None:
    journal.record(host, "deploy", OLD, "serving")
    host.run(f"printf '{{\"at\": ' >> {layout.JOURNAL}")
    assert outcomes(host) == [(OLD, "serving")]
