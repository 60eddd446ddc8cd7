"""Migrations around the switch: judged first, some kept for after it, and remembered for a rollback."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.release import contraction, journal, migrations
from deploy.release import flow as deploy
from deploy.release.linter import Migration
from deploy.release.migrations import Plan
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.manage import SERVING
from deploy.remote.steps import Steps

OLD = "0123456789ab-20261123T180000Z"
NEW = "ba9876543210-20261124T180000Z"
NEWER = "ba9876543210-20261125T180000Z"
ADD = Migration(name="sync.0005_add", sql="ALTER TABLE m ADD COLUMN a integer NULL;")
DROP = Migration(name="sync.0006_drop", sql="ALTER TABLE m DROP COLUMN a;")
RENAME = Migration(name="sync.0007_rename", sql="ALTER TABLE m RENAME COLUMN a TO b;")


def a_plan(*, before: list[Migration], after: list[Migration], fresh: bool = False) -> Plan:
    return Plan(fresh=fresh, postgresql=150017, before=before, after=after)


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is pending, whether the next migration fails, and whether the site is well."""
    state: dict[str, Any] = {"pending": [DROP], "fails": False, "well": True}

    def apply_all(_: Any) -> None:
        if state["fails"]:
            raise RemoteError("manage.py migrate", 1, "django.db.utils.OperationalError: lock timeout")
        state["pending"] = []

    def verify(_: Any, release: str) -> None:
        if not state["well"]:
            raise DeployError(f"release {release} does not answer well")

    monkeypatch.setattr(migrations, "apply_all", apply_all)
    monkeypatch.setattr(migrations, "plan", lambda *_: a_plan(before=[], after=state["pending"]))
    monkeypatch.setattr(contraction, "verify", verify)
    return state


def test_a_column_may_go_after_the_switch_but_not_before() -> None:
    migrations.check(a_plan(before=[], after=[DROP]), {}, force=False)
    with pytest.raises(DeployError, match=r"refused: sync\.0006_drop: .*--force-migrations") as refusal:
        migrations.check(a_plan(before=[DROP], after=[RENAME]), {}, force=False)
    assert "sync.0007_rename" in refusal.value.message
    assert "\n" not in refusal.value.message


def test_what_is_refused_can_be_forced_and_a_fresh_database_has_nothing_to_lose() -> None:
    migrations.check(a_plan(before=[DROP], after=[RENAME]), {}, force=True)
    migrations.check(a_plan(before=[DROP], after=[RENAME], fresh=True), {}, force=False)


def test_what_was_kept_runs_and_is_remembered(host: Any, database: dict[str, Any]) -> None:
    contraction.contract(host, NEW, [DROP], Steps("test"))
    assert database["pending"] == []
    with pytest.raises(DeployError, match=r"may need what sync\.0006_drop took away"):
        contraction.refuse_across_contraction(host, OLD)
    journal.record(host, "deploy", NEWER, "serving")
    for later in (NEW, NEWER):
        contraction.refuse_across_contraction(host, later)


def test_a_clock_that_was_fast_lets_nothing_pass(host: Any, database: dict[str, Any]) -> None:
    """The older release has the later time in its name: its client's clock was two days ahead."""
    for name in (NEWER, NEW):
        journal.record(host, "deploy", name, "serving")
    contraction.contract(host, NEW, [DROP], Steps("test"))
    with pytest.raises(DeployError, match=r"may need what sync\.0006_drop took away"):
        contraction.refuse_across_contraction(host, NEWER)


def test_nothing_kept_leaves_no_trace(host: Any, database: dict[str, Any]) -> None:
    contraction.contract(host, NEW, [], Steps("test"))
    assert journal.entries(host) == []
    assert database["pending"] == [DROP]


def test_a_failure_is_told_with_the_state_of_the_site(host: Any, database: dict[str, Any]) -> None:
    database["fails"] = True
    with pytest.raises(DeployError) as failure:
        contraction.contract(host, NEW, [DROP], Steps("test"))
    assert failure.value.message == (
        f"{NEW} serves and is well, but sync.0006_drop failed after the switch and is still owed: manage.py"
        " migrate: django.db.utils.OperationalError: lock timeout; mend it and `fab deploy`, or try again"
        " with `fab migrate`"
    )
    contraction.refuse_across_contraction(host, OLD)


def test_a_site_that_is_not_well_is_reported_first(host: Any, database: dict[str, Any]) -> None:
    database.update(fails=True, well=False)
    with pytest.raises(DeployError, match="does not answer well"):
        contraction.contract(host, NEW, [DROP], Steps("test"))


def test_a_client_that_dies_meanwhile_has_written_the_journal(
    host: Any, database: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(migrations, "apply_all", die)
    with pytest.raises(KeyboardInterrupt):
        contraction.contract(host, NEW, [DROP], Steps("test"))
    with pytest.raises(DeployError, match=r"sync\.0006_drop"):
        contraction.refuse_across_contraction(host, OLD)


def test_a_deploy_of_nothing_applies_what_is_owed(
    host: Any, database: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration failed before, or a backup was restored that is older than the release."""
    early: list[str] = []
    pending = a_plan(before=[ADD], after=[DROP])
    monkeypatch.setattr(migrations, "plan", lambda *_: pending)
    monkeypatch.setattr(migrations, "apply_before", lambda _, release: early.append(release))
    monkeypatch.setattr(deploy, "verify", lambda *_: None)
    assert deploy._leave(host, NEW, Steps("test")) == f"nothing to deploy: {NEW} serves"
    assert (early, database["pending"]) == ([SERVING], [])
