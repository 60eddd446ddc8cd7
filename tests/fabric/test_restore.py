"""An incomplete restore is found out, and so is an app that is not well on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from deploy.backup import backups, drill, exchange, restore, revocations
from deploy.backup.archive import Manifest
from deploy.release import folders, migrations
from deploy.release.migrations import Plan
from deploy.remote import database
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Result
from deploy.remote.steps import Steps
from deploy.tasks import restore as restore_task
from tests.backup.archives import CONTENT, manifest

WELL = {"health": {"status": "ok", "release": "r"}, "api_status": 401, "members": 2174}


@pytest.fixture
def backed_up() -> Manifest:
    return Manifest.model_validate(manifest(CONTENT))


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what the restored database answers when its rows are counted."""

    def answer(text: str) -> None:
        monkeypatch.setattr(database, "PSQL_OF_SITE", f"printf '{text}' #")

    return answer


def test_a_whole_restore_has_the_rows_that_were_backed_up(
    host: Any, backed_up: Manifest, restored: Any
) -> None:
    restored("membership_comrade|2174\\nauth_user|2\\n")
    assert restore.compare(host, backed_up, "x") == "2,176 rows in 2 tables, as backed up"


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ("membership_comrade|2173\\nauth_user|2\\n", "membership_comrade 2173 of 2174"),
        ("auth_user|2\\n", "membership_comrade None of 2174"),
        ("membership_comrade|2174\\nauth_user|2\\nother|0\\n", "other 0 of None"),
        ("", "auth_user None of 2"),
    ],
)
def test_one_that_lacks_rows_or_tables_is_refused(
    host: Any, backed_up: Manifest, restored: Any, rows: str, named: str
) -> None:
    restored(rows)
    with pytest.raises(DeployError, match="with other rows than were backed up") as refused:
        restore.compare(host, backed_up, "x")
    assert named in refused.value.message


class TestDrill:
    @pytest.fixture
    def app(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        """The app's answer on the scratch database, and what was done to that database."""
        answer: dict[str, Any] = dict(WELL)
        monkeypatch.setattr(drill, "restore_database", lambda *_: None)
        monkeypatch.setattr(drill, "compare", lambda *_: "as backed up")
        monkeypatch.setattr(drill, "bring_up_to_date", lambda *_: [])
        monkeypatch.setattr(drill, "manage", lambda *_, **__: None)
        monkeypatch.setattr(drill, "boot_on", lambda *_: json.dumps(answer))
        monkeypatch.setattr(database, "AS_POSTGRES", "echo")
        return answer

    def rehearse(self, host: Any, backed_up: Manifest) -> str:
        return drill.rehearse(host, None, backed_up, Steps("test"))  # type: ignore[arg-type]

    def test_an_app_that_is_well(self, host: Any, backed_up: Manifest, app: dict[str, Any]) -> None:
        assert self.rehearse(host, backed_up) == "as backed up; r answers on it, with 2,174 members"
        assert app == WELL

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"health": {"status": "database down", "release": "r"}}, "does not answer well"),
            ({"api_status": 500}, "does not answer well"),
            ({"members": 2173}, "the app sees 2173 members, not 2174"),
        ],
    )
    def test_one_that_is_not_well_fails_the_drill(
        self, host: Any, backed_up: Manifest, app: dict[str, Any], change: dict[str, Any], complaint: str
    ) -> None:
        app.update(change)
        with pytest.raises(DeployError, match=complaint):
            self.rehearse(host, backed_up)
        assert "dropdb --if-exists ekklesia_drill" in host.commands[-1]

    def test_how_it_went_is_written_down(self, host: Any) -> None:
        assert drill.last(host) is None
        drill.record(host, "x.tar", "restore: no room")
        told = drill.last(host)
        assert told
        assert (told.backup, told.error) == ("x.tar", "restore: no room")


class HostsManage:
    """Management commands on the host: what each was given, and what it answers."""

    def __init__(self, standing: str | None) -> None:
        self.standing = standing
        self.given: list[tuple[list[str], str, str]] = []

    def __call__(self, _host: Any, words: list[str], *, database: str = "live", content: str = "") -> Result:
        self.given.append((words, database, content))
        if words == ["standing_rights"]:
            if self.standing is None:
                raise RemoteError("manage.py standing_rights", 1, "the database is damaged")
            return Result(self.standing, "", 0)
        return Result("jon: no longer is_staff\neverybody logs in anew\n", "", 0)


@pytest.mark.parametrize("told", [None, "null\n"], ids=["a database that does not answer", "a new host"])
def test_if_the_live_database_cannot_tell_every_account_waits(
    host: Any, monkeypatch: pytest.MonkeyPatch, told: str | None
) -> None:
    hosts = HostsManage(told)
    monkeypatch.setattr(revocations, "manage", hosts)

    assert "confirm_staff" in revocations.revoke_again(host)[-1]

    assert hosts.given[-1] == (["revoke_again", "--nothing-known"], "restored", "")


def test_what_counts_now_goes_into_the_restored_database(host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = HostsManage('{"accounts": {}}\n')
    monkeypatch.setattr(revocations, "manage", hosts)

    assert revocations.revoke_again(host) == ["jon: no longer is_staff", "everybody logs in anew"]

    assert hosts.given == [
        (["standing_rights"], "live", ""),
        (["revoke_again"], "restored", '{"accounts": {}}'),
    ]


@pytest.mark.parametrize("serving", ["20261130T080000Z-1", ""])
def test_nothing_goes_live_before_it_is_revoked_again(
    host: Any, monkeypatch: pytest.MonkeyPatch, serving: str
) -> None:
    order: list[str] = []
    known = Plan(fresh=False, postgresql=150017, before=[], after=[])

    def note(name: str) -> Callable[..., list[str]]:
        def noted(*_: object) -> list[str]:
            order.append(name)
            return []

        return noted

    for module, name in (
        (restore, "bring_up_to_date"),
        (revocations, "revoke_again"),
        (revocations, "close_accounts"),
        (exchange, "exchange"),
    ):
        monkeypatch.setattr(module, name, note(name))
    monkeypatch.setattr(restore_task, "verify", note("verify"))
    monkeypatch.setattr(migrations, "plan", lambda *_, **__: known)
    monkeypatch.setattr(folders, "serving", lambda _: serving)

    restore_task._go_live(host, Steps("test"))

    revoked = ["bring_up_to_date", "revoke_again"] if serving else ["close_accounts"]
    assert order == [*revoked, "exchange", *(["verify"] if serving else [])]


@pytest.mark.parametrize("newer", [False, True])
def test_a_backup_of_a_newer_release_is_told_before_anything_is_live(
    host: Any, monkeypatch: pytest.MonkeyPatch, newer: bool
) -> None:
    asked: list[str] = []

    def plan(_host: Any, _release: str, *, database: str) -> Plan:
        asked.append(database)
        return Plan(fresh=False, postgresql=150017, before=[], after=[], unknown=["sync.0099_later"])

    monkeypatch.setattr(migrations, "plan", plan)
    if newer:
        restore_task._require_not_newer(host, "one", newer=True)
    else:
        with pytest.raises(DeployError, match=r"not know sync\.0099_later: .*--newer.*nothing that is live"):
            restore_task._require_not_newer(host, "one", newer=False)
    assert asked == ["restored"]


class TestDamagedDatabase:
    """What is live cannot be backed up: a restore must be possible all the same."""

    @pytest.fixture
    def damaged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: Any) -> str:
            raise RemoteError("backup", 1, "invalid page in block 3 of relation base/16384/2619")

        monkeypatch.setattr(backups, "back_up", fail)

    def test_without_a_word_it_is_refused_and_says_which(self, host: Any, damaged: None) -> None:
        with pytest.raises(DeployError, match=r"cannot be saved .*invalid page.*`--without-backup`"):
            restore_task._keep_what_is_live(host, Steps("test"), without_backup=False)

    def test_the_option_goes_on(self, host: Any, damaged: None, capsys: pytest.CaptureFixture[str]) -> None:
        restore_task._keep_what_is_live(host, Steps("test"), without_backup=True)
        assert "what is live cannot be saved" in capsys.readouterr().err

    @pytest.mark.parametrize("answer", ["yes", "no"])
    def test_a_person_is_asked_once(
        self, host: Any, damaged: None, monkeypatch: pytest.MonkeyPatch, answer: str
    ) -> None:
        questions: list[str] = []
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)

        def asked(question: str) -> str:
            questions.append(question)
            return answer

        monkeypatch.setattr("builtins.input", asked)
        if answer == "no":
            with pytest.raises(DeployError, match="not confirmed"):
                restore_task._keep_what_is_live(host, Steps("test"), without_backup=False)
        else:
            restore_task._keep_what_is_live(host, Steps("test"), without_backup=False)
        assert len(questions) == 1
