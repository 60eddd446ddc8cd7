"""What a failure leads to, before and after the switch, on a host that is a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.release import activation, flow, folders, handover, journal, room
from deploy.release.archive import make_archive
from deploy.release.preflight import NoRoomError
from deploy.remote import layout
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Result
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
    folders.mark_as_served(host, OLD, Steps("test"))
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
    journal.announce_switch(host, OLD, NEW, Steps("test"))
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
    journal.announce_switch(host, None, NEW, Steps("test"))
    if switched:
        folders.switch(host, NEW)
    activation.recover(host, Steps("test"))
    assert taken_over == (["taken over", "retired"] if switched else ["given back"])
    assert folders.serving(host) == (NEW if switched else None)
    assert journal.unfinished_switch(host) is None


def test_a_bad_release_that_was_cut_short_is_rolled_back(host: Any, site: dict[str, Any]) -> None:
    site["broken"] = {NEW}
    journal.announce_switch(host, OLD, NEW, Steps("test"))
    folders.switch(host, NEW)
    activation.recover(host, Steps("test"))
    assert folders.serving(host) == OLD


def test_nothing_to_recover_restarts_nothing(host: Any, site: dict[str, Any]) -> None:
    activation.recover(host, Steps("test"))
    assert site["restarts"] == 0


def test_a_release_whose_deploy_died_before_the_switch_is_removed(host: Any, site: dict[str, Any]) -> None:
    activation.recover(host, Steps("test"))
    assert folders.names(host) == [OLD]


@pytest.mark.parametrize("left", ["nothing", "half a line", "the first line"])
def test_a_journal_that_was_lost_is_no_reason_to_delete_what_served(
    host: Any, site: dict[str, Any], left: str
) -> None:
    activation.activate(host, NEW, "deploy", Steps("test"))
    lines = Path(layout.JOURNAL).read_text().splitlines(keepends=True)
    kept = {"nothing": "", "half a line": lines[0][:40], "the first line": lines[0]}[left]
    Path(layout.JOURNAL).write_text(kept)
    activation.recover(host, Steps("test"))
    assert sorted(folders.names(host)) == [OLD, NEW]


def test_without_a_journal_a_rollback_asks_for_a_name(host: Any, site: dict[str, Any]) -> None:
    Path(layout.JOURNAL).unlink()
    with pytest.raises(DeployError, match=rf"the journal does not know .*`fab rollback --release` \({NEW}\)"):
        activation.release_before(host)


def test_a_journal_that_cannot_be_read_is_told(host: Any, site: dict[str, Any]) -> None:
    Path(layout.JOURNAL).unlink()
    Path(layout.JOURNAL).mkdir()
    with pytest.raises(DeployError, match=r"journal: .* name one: `fab rollback --release`"):
        activation.release_before(host)


class TestBooks:
    """Service first: a journal that cannot be written stops no way back."""

    @pytest.fixture
    def unwritable(self, host: Any, site: dict[str, Any]) -> None:
        """Neither the journal nor the file that announces a switch can be written, not even by root."""
        text = Path(layout.JOURNAL).read_text()
        Path(layout.JOURNAL).unlink()
        Path(f"{layout.JOURNAL}.new").mkdir()
        Path(layout.JOURNAL).symlink_to("/proc/1/attr/ekklesia")
        Path(f"{layout.SWITCH}.new").mkdir()
        assert text

    def test_a_bad_release_is_rolled_back(
        self, host: Any, site: dict[str, Any], unwritable: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        site["broken"] = {NEW}
        with pytest.raises(DeployError, match=f"{NEW} was rolled back; {OLD} serves again"):
            activation.activate(host, NEW, "deploy", Steps("test"))
        assert folders.serving(host) == OLD
        assert "not written down" in capsys.readouterr().err

    def test_a_rollback_is_done(self, host: Any, site: dict[str, Any], unwritable: None) -> None:
        folders.switch(host, NEW)
        activation.activate(host, OLD, "rollback", Steps("test"))
        assert folders.serving(host) == OLD

    def test_leftovers_that_cannot_be_removed_are_a_warning(
        self,
        host: Any,
        site: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def refuse(_: Any) -> None:
            raise RemoteError("removal of partial uploads", 1, "rm: Operation not permitted")

        monkeypatch.setattr(folders, "remove_partial", refuse)
        activation.recover(host, Steps("test"))
        assert "Operation not permitted" in capsys.readouterr().err

    def test_a_torn_line_does_not_swallow_the_next_one(self, host: Any) -> None:
        journal.record(host, "deploy", OLD, "serving")
        host.run(f"printf '{{\"at\": ' >> {layout.JOURNAL}")
        journal.record(host, "deploy", NEW, "serving")
        assert outcomes(host) == [(OLD, "serving"), (NEW, "serving")]


def test_if_both_releases_are_ill_recovery_says_so_and_ends(
    host: Any, site: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """So the deploy that mends it can go on; the same for an automatic way back."""
    site["broken"] = {OLD, NEW}
    journal.announce_switch(host, OLD, NEW, Steps("test"))
    folders.switch(host, NEW)
    activation.recover(host, Steps("test"))
    assert "neither" in capsys.readouterr().err
    assert journal.unfinished_switch(host) is None
    with pytest.raises(DeployError, match=f"{NEW} was rolled back, but {OLD} does not serve well either"):
        activation.activate(host, NEW, "deploy", Steps("test"))
    assert journal.unfinished_switch(host) is None


def test_rollback_goes_to_the_last_good_release(host: Any, site: dict[str, Any]) -> None:
    activation.activate(host, NEW, "deploy", Steps("test"))
    assert activation.release_before(host) == OLD


def test_after_an_interrupted_deploy_a_rollback_does_one_thing(
    host: Any, site: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes back to what the deploy was about to replace, whether it was switched or not."""
    monkeypatch.setattr(flow, "recover", lambda *_: pytest.fail("repaired first"))
    folders.switch(host, NEW)
    journal.announce_switch(host, OLD, NEW, Steps("test"))
    assert flow._to_go_back_to(host, None, Steps("test")) == OLD


def test_one_rollback_after_the_other_goes_on_backwards() -> None:
    def way(*served: str) -> list[str]:
        return journal.way_back([{"release": name, "outcome": "serving"} for name in served])

    assert way("a", "b", "c") == ["a", "b", "c"]
    assert way("a", "b", "c", "b") == ["a", "b"]
    assert way("a", "b", "c", "b", "a", "d") == ["a", "d"]


def test_a_third_bad_release_is_escaped(host: Any, site: dict[str, Any], tree: Path) -> None:
    newest = "cccccccccccc-20261125T180000Z"
    folders.upload(host, make_archive(tree), newest, REVISION)
    for name in (NEW, newest):
        activation.activate(host, name, "deploy", Steps("test"))
    for wanted in (NEW, OLD):
        assert activation.release_before(host) == wanted
        activation.activate(host, wanted, "rollback", Steps("test"))


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


THIRD = "aaaaaaaaaaaa-20261125T180000Z"


@pytest.fixture
def full(host: Any, site: dict[str, Any], tree: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A host whose disk is full as long as an upload's leftover is there; the questions to root."""
    asked: list[str] = []

    def ask(_: Any, verb: str) -> Result:
        asked.append(verb)
        return Result("0 MiB", "", 0)

    monkeypatch.setattr(room, "ask", ask)
    (Path(layout.RELEASES) / ".partial-of-another").mkdir()

    def check(*_: Any) -> str:
        if list(Path(layout.RELEASES).glob(".partial-*")):
            raise NoRoomError("disk: 0 MiB free")
        return "enough"

    monkeypatch.setattr(flow, "check", check)
    return asked


def test_room_is_made_once_on_a_full_host(
    host: Any, full: list[str], tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert flow._checked(host, make_archive(tree), Steps("test"), makes_room=True) == "enough"
    assert full == ["make-room"]
    assert "disk: 0 MiB free" in capsys.readouterr().err


def test_a_dry_run_makes_no_room(host: Any, full: list[str], tree: Path) -> None:
    before = folders.names(host)
    with pytest.raises(NoRoomError):
        flow._checked(host, make_archive(tree), Steps("test"), makes_room=False)
    assert (full, folders.names(host)) == ([], before)


def test_making_room_keeps_what_serves_and_what_served_before(host: Any, full: list[str], tree: Path) -> None:
    folders.upload(host, make_archive(tree), THIRD, REVISION)
    folders.mark_as_served(host, THIRD, Steps("test"))
    for name in (NEW, THIRD):
        journal.record(host, "deploy", name, "serving")
    folders.switch(host, THIRD)
    room.make_room(host, Steps("test"))
    assert sorted(folders.names(host)) == sorted([NEW, THIRD])


def test_the_release_that_a_rollback_goes_to_stays(host: Any, full: list[str], tree: Path) -> None:
    """Also after a rollback that a full disk kept out of the journal."""
    folders.upload(host, make_archive(tree), THIRD, REVISION)
    for name in (NEW, THIRD):
        folders.mark_as_served(host, name, Steps("test"))
        journal.record(host, "deploy", name, "serving")
    folders.switch(host, NEW)
    assert activation.release_before(host) == OLD
    room.make_room(host, Steps("test"))
    assert sorted(folders.names(host)) == sorted([OLD, NEW])


def test_a_journal_that_was_lost_and_went_on_proves_nothing(host: Any, full: list[str]) -> None:
    folders.mark_as_served(host, NEW, Steps("test"))
    Path(layout.JOURNAL).unlink()
    journal.go_on(host, OLD, Steps("test"))
    room.make_room(host, Steps("test"))
    assert sorted(folders.names(host)) == sorted([OLD, NEW])


def test_without_a_journal_no_release_goes_for_room(host: Any, full: list[str]) -> None:
    folders.mark_as_served(host, NEW, Steps("test"))
    Path(layout.JOURNAL).unlink()
    room.make_room(host, Steps("test"))
    assert sorted(folders.names(host)) == sorted([OLD, NEW])
