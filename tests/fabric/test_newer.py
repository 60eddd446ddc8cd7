"""Code that lags behind what serves, or behind the database, is refused, whatever the clocks say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.release import flow, folders, handover, migrations, newer, revision
from deploy.release.archive import make_archive
from deploy.release.migrations import Plan
from deploy.release.revision import Revision, holds
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.steps import Steps
from tests.fabric.test_source_revision import clone, git

__all__ = ["clone"]
SERVING = "0123456789ab-20261123T180000Z"
WISHES = flow.Wishes(force_migrations=False, force_older=False)


def commit(clone: Path, message: str) -> str:
    git(clone, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(clone, "rev-parse", "HEAD")


def test_git_says_whether_a_commit_is_in_the_history(clone: Path) -> None:
    first, second = commit(clone, "one"), commit(clone, "two")
    assert holds(second, clone) is True
    git(clone, "checkout", "--quiet", first)
    assert (holds(first, clone), holds(second, clone)) == (True, False)
    assert holds("0" * 40, clone) is None


@pytest.mark.parametrize(
    ("made_of", "held", "refused"),
    [
        ("4a94", True, ""),
        ("4a94", False, "is not in the history"),
        ("4a94-dirty", False, "4a94-dirty, which is not in the history"),
        ("4a94", None, "is unknown to this clone"),
        ("unknown", None, ""),
    ],
)
def test_a_deploy_from_a_clone_that_lags_behind(
    host: Any, tree: Path, monkeypatch: pytest.MonkeyPatch, made_of: str, held: bool | None, refused: str
) -> None:
    folders.upload(host, make_archive(tree), SERVING, made_of)
    monkeypatch.setattr(revision, "holds", lambda _: held)
    newer.refuse_older(host, SERVING, Revision(""))
    newer.refuse_older(host, None, Revision("here"))
    if not refused:
        newer.refuse_older(host, SERVING, Revision("here"))
        return
    with pytest.raises(DeployError, match=rf"{refused}.*`git pull`.*--force-older"):
        newer.refuse_older(host, SERVING, Revision("here"))


def test_what_was_deployed_between_the_check_and_the_lock_is_looked_at(
    host: Any, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def connected(_: Any) -> Iterator[Any]:
        yield host

    def check(*_: Any, **__: Any) -> str:
        folders.upload(host, make_archive(tree), SERVING, "4a94")
        return "well"

    def switched_meanwhile(host: Any, *_: Any) -> None:
        folders.switch(host, SERVING)

    monkeypatch.setattr(flow, "connected", connected)
    monkeypatch.setattr(flow, "_checked", check)
    monkeypatch.setattr(flow, "make_archive", lambda: make_archive(tree))
    monkeypatch.setattr(flow, "read_revision", lambda: Revision("here"))
    monkeypatch.setattr(flow, "recover", switched_meanwhile)
    monkeypatch.setattr(flow, "_prepare", lambda *_: pytest.fail("deployed older code"))
    monkeypatch.setattr(revision, "holds", lambda _: False)
    with pytest.raises(DeployError, match="is not in the history"):
        flow.deploy(host.stack, Steps("test"))


def a_plan(*unknown: str) -> Plan:
    return Plan(fresh=False, postgresql=150017, before=[], after=[], unknown=list(unknown))


def test_a_database_that_is_ahead_is_told(host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "plan", lambda *_: a_plan("sync.0001_long_gone"))
    newer.refuse_behind(host, SERVING, a_plan("sync.0001_long_gone"))
    newer.refuse_behind(host, None, a_plan("sync.0099_later"))
    with pytest.raises(DeployError, match=r"does not know sync\.0099_later: .*--force-older"):
        newer.refuse_behind(host, SERVING, a_plan("sync.0001_long_gone", "sync.0099_later"))


class TestNoBackup:
    """A backup that fails stops no fix, but no migration runs without one."""

    @pytest.fixture
    def django(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        """What is pending, and the steps that were taken."""
        state: dict[str, Any] = {"plan": a_plan(), "done": []}
        for module, name in ((flow, "ask"), (flow, "manage"), (flow, "try_out")):
            monkeypatch.setattr(module, name, lambda *_, name=name, **__: state["done"].append(name))
        monkeypatch.setattr(handover, "copy_register", lambda *_: None)
        monkeypatch.setattr(migrations, "plan", lambda *_: state["plan"])
        monkeypatch.setattr(migrations, "apply_before", lambda *_: state["done"].append("migrated"))
        return state

    def test_it_is_a_warning(
        self, host: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def fail(*_: Any) -> str:
            raise RemoteError("backup", 1, "No space left on device")

        monkeypatch.setattr(flow, "back_up", fail)
        assert flow._back_up(host, Steps("test")) == "backup: No space left on device"
        assert "no migration will run" in capsys.readouterr().err

    def test_code_without_a_migration_goes_on(self, host: Any, django: dict[str, Any]) -> None:
        flow._django_steps(host, SERVING, Steps("test"), WISHES, "backup: no space")
        assert "try_out" in django["done"]

    def test_a_migration_does_not_run(self, host: Any, django: dict[str, Any]) -> None:
        add = {"name": "sync.0005_add", "sql": "ALTER TABLE m ADD COLUMN a integer NULL;"}
        django["plan"] = Plan.model_validate(a_plan().model_dump() | {"before": [add]})
        with pytest.raises(DeployError, match=r"sync\.0005_add will not run without a backup.*no space"):
            flow._django_steps(host, SERVING, Steps("test"), WISHES, "backup: no space")
        assert "migrated" not in django["done"]
