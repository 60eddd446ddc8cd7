"""`fab migrate`: judged first, applied as a deploy applies them, and asked again afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from deploy.release import contraction, folders, journal, migrations, owed
from deploy.release.archive import make_archive
from deploy.release.linter import ARGUED, Migration
from deploy.release.migrations import Plan
from deploy.remote import layout
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.lock import deploy_lock
from deploy.remote.manage import SERVING as SERVING_ONE
from deploy.remote.steps import Steps

SERVING = "0123456789ab-20261123T180000Z"
ADD = Migration(name="sync.0005_add", sql="ALTER TABLE m ADD COLUMN a integer NULL;")
DROP = Migration(name="sync.0006_drop", sql="ALTER TABLE m DROP COLUMN a;")


@pytest.fixture
def site(host: Any, tree: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A host with a release that serves; what is pending there, what was done, and what fails."""
    folders.upload(host, make_archive(tree), SERVING, "revision")
    folders.switch(host, SERVING)
    journal.record(host, "deploy", SERVING, "serving")
    state: dict[str, Any] = {"before": [ADD], "after": [DROP], "done": [], "fails": "", "lies": False}

    @contextmanager
    def connected(_: Any) -> Iterator[Any]:
        yield host

    def applies(part: str) -> Any:
        def apply(*_: Any) -> None:
            state["done"].append(part)
            if state["fails"] == part:
                raise RemoteError("manage.py", 1, "lock timeout")
            if not state["lies"]:
                state[part] = []

        return apply

    def verify(_: Any, release: str) -> None:
        state["done"].append(f"{release} is well")

    def back_up(_: Any, reason: str) -> str:
        state["done"].append(f"backup: {reason}")
        return "backup.tar"

    def plan(_: Any, release: str) -> Plan:
        assert release == SERVING_ONE
        return Plan(fresh=False, postgresql=150017, before=state["before"], after=state["after"])

    monkeypatch.setattr(owed, "connected", connected)
    monkeypatch.setattr(owed, "back_up", back_up)
    monkeypatch.setattr(owed, "verify", verify)
    monkeypatch.setattr(contraction, "verify", verify)
    monkeypatch.setattr(migrations, "plan", plan)
    monkeypatch.setattr(migrations, "apply_before", applies("before"))
    monkeypatch.setattr(migrations, "apply_all", applies("after"))
    return state


def migrate(host: Any, **options: bool) -> str:
    return owed.migrate(host.stack, Steps("test", as_json=True), **options)


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str]]:
    """Outcome and detail of each step that was printed."""
    lines = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    return {line["step"]: (line["outcome"], line["detail"]) for line in lines}


def test_both_parts_are_applied_in_the_order_of_a_deploy(
    host: Any, site: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert migrate(host) == f"applied to {SERVING}: sync.0005_add, sync.0006_drop"
    well = f"{SERVING} is well"
    assert site["done"] == ["backup: migrate", "before", "after", well, well]
    steps = told(capsys)
    assert steps["lint"] == ("ok", "nothing speaks against it")
    assert steps["migrate"] == ("changed", "sync.0005_add")
    assert steps["migrate after the switch"] == ("changed", "sync.0006_drop")
    assert steps["verify"] == ("ok", "nothing is pending")
    assert journal.entries(host)[-1]["outcome"] == "sync.0005_add, sync.0006_drop"
    assert journal.good_releases(journal.entries(host)) == [SERVING]


def test_a_rollback_across_what_was_taken_away_is_refused(host: Any, site: dict[str, Any]) -> None:
    migrate(host)
    with pytest.raises(DeployError, match=r"may need what sync\.0006_drop took away"):
        contraction.refuse_across_contraction(host, "ba9876543210-20261122T180000Z")


def test_nothing_pending_changes_nothing(host: Any, site: dict[str, Any]) -> None:
    site.update(before=[], after=[])
    for dry_run in (True, False):
        assert migrate(host, dry_run=dry_run) == f"nothing to migrate: {SERVING} serves"
    assert site["done"] == []


def test_a_dry_run_tells_all_and_needs_no_lock(
    host: Any, site: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    before = journal.entries(host)
    with deploy_lock(host, "deploy"):
        assert migrate(host, dry_run=True) == "nothing was changed"
    assert (site["done"], journal.entries(host)) == ([], before)
    steps = told(capsys)
    assert steps["plan"] == ("ok", "sync.0005_add, sync.0006_drop")
    assert steps["lint"] == ("ok", "nothing speaks against it")
    assert steps["migrate"] == ("planned", "sync.0005_add")
    assert steps["migrate after the switch"] == ("planned", "sync.0006_drop")


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_the_linter_refuses_is_not_applied(host: Any, site: dict[str, Any], dry_run: bool) -> None:
    site["before"] = [DROP]
    with pytest.raises(DeployError, match=r"refused: sync\.0006_drop: .*--force-migrations"):
        migrate(host, dry_run=dry_run)
    assert site["done"] == []


def test_the_linter_can_be_overruled_and_is_still_told(
    host: Any, site: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    site["before"] = [DROP]
    migrate(host, force_migrations=True)
    assert told(capsys)["lint"][1].startswith("--force-migrations overrules: sync.0006_drop: Dropping")


def test_what_the_serving_release_has_looked_into_is_not_refused(host: Any, site: dict[str, Any]) -> None:
    """The release's own list counts, not that of this clone."""
    site["before"] = [DROP]
    listed = f'["{DROP.name}"]\nban-drop-column = "nobody reads it"\n'
    host.run(f"cat > {layout.CURRENT}/{ARGUED}", content=listed)
    assert migrate(host).startswith("applied")


def test_a_lock_that_is_held_is_respected(host: Any, site: dict[str, Any]) -> None:
    with deploy_lock(host, "rollback"), pytest.raises(DeployError, match="for rollback; `fab unlock`"):
        migrate(host)
    assert site["done"] == []


def test_a_failure_says_what_is_still_pending(host: Any, site: dict[str, Any]) -> None:
    site["fails"] = "before"
    with pytest.raises(DeployError, match=r"0005_add, sync\.0006_drop is still pending: .*lock timeout"):
        migrate(host)
    assert "after" not in site["done"]


def test_a_failure_after_the_others_is_told_as_in_a_deploy(host: Any, site: dict[str, Any]) -> None:
    site["fails"] = "after"
    with pytest.raises(DeployError, match=r"is well, but sync\.0006_drop failed after .*`fab migrate`"):
        migrate(host)


def test_an_exit_status_is_not_believed(host: Any, site: dict[str, Any]) -> None:
    site["lies"] = True
    with pytest.raises(DeployError, match=r"sync\.0006_drop is still pending, although manage\.py"):
        migrate(host)
    assert journal.entries(host)[-1]["action"] == contraction.ACTION


def test_a_host_without_a_release_has_nothing_to_migrate(host: Any, site: dict[str, Any]) -> None:
    host.run(f"rm {layout.CURRENT}")
    with pytest.raises(DeployError, match="nothing is deployed"):
        migrate(host)
