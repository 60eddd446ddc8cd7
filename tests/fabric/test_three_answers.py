"""Yes, no, or could not ask and why. What could not be asked is no *no*; an exit status proves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ekklesia_host import django
from ekklesia_host.settings import Settings

from deploy.release import migrations
from deploy.release.linter import Migration
from deploy.release.migrations import Plan
from deploy.remote import database, layout, verbs
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Result
from deploy.remote.lock import deploy_lock, holder
from deploy.remote.service import health, is_configured, verify
from deploy.status import findings

RELEASE = "0123456789ab-20261123T180000Z"
WELL = json.dumps({"status": "ok", "release": RELEASE})
EXPIRED = "curl: (60) SSL certificate problem: certificate has expired"


def answers(monkeypatch: pytest.MonkeyPatch, host: Any, result: Result) -> None:
    monkeypatch.setattr(host, "run", lambda *_, **__: result)


@pytest.mark.parametrize(
    "refusal",
    [
        "sudo: a password is required",
        "sudo: a terminal is required to read the password; either use ssh's -t option",
        "sudo: interactive authentication is required",
        "sudo: ekklesia-host: command not found",
        "sudo: /etc/sudoers.d/manager is world writable",
    ],
)
def test_a_sudo_that_refuses_is_told_as_that(
    host: Any, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    answers(monkeypatch, host, Result("", f"{refusal}\n", 1))
    with pytest.raises(DeployError, match="may not ask the host for this; run `fab provision`") as told:
        is_configured(host)
    assert refusal in told.value.message


def test_a_host_whose_own_name_is_not_known_answers_all_the_same(
    host: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, host, Result("", "sudo: unable to resolve host debian: Unknown name\n", 1))
    assert is_configured(host) is False


def test_settings_that_are_there_or_not_are_told_apart_from_a_program_that_is_broken(
    host: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for status, wanted in ((0, True), (1, False)):
        answers(monkeypatch, host, Result("", "", status))
        assert is_configured(host) is wanted
    answers(monkeypatch, host, Result("", "ekklesia-host: /etc/ekklesia: Input/output error\n", 1))
    with pytest.raises(RemoteError, match=r"asking for Django's settings: .*Input/output error"):
        is_configured(host)


def test_a_lock_that_cannot_be_opened_is_held_by_nobody(host: Any) -> None:
    """As on a disk that can only be read."""
    Path(layout.LOCK).mkdir()
    with (
        pytest.raises(DeployError, match=r"the lock cannot be taken: .*deploy\.lock"),
        deploy_lock(host, "x"),
    ):
        pass
    Path(layout.LOCK).rmdir()
    Path(layout.LOCK).symlink_to("/proc/nowhere/lock")
    with pytest.raises(RemoteError, match=r"asking who holds the lock: .*deploy\.lock"):
        holder(host)


def test_a_database_that_refuses_says_why(host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = Path(layout.BASE) / "bin"
    programs.mkdir()
    (programs / "psql").write_text("#!/bin/sh\necho 'FATAL:  sorry, too many clients already' >&2; exit 2\n")
    (programs / "psql").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    settings = json.loads(Path(layout.HOST_SETTINGS).read_text())
    environment = Path(layout.BASE) / "host.env"
    environment.write_text("DATABASE_URL=postgres://ekklesia:secret@127.0.0.1/ekklesia\n")
    settings["host_environment"] = str(environment)
    Path(layout.HOST_SETTINGS).write_text(json.dumps(settings))
    with pytest.raises(DeployError, match="does not let the site in: FATAL:  sorry, too many clients"):
        database.size_bytes(host)


@pytest.mark.parametrize("verb", ["restart", "status"])
def test_a_verb_that_fails_without_sudo_says_its_own_complaint(
    host: Any, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    answers(monkeypatch, host, Result("", "Job for gunicorn.service failed.\n", 1))
    with pytest.raises(RemoteError, match="Job for gunicorn"):
        verbs.ask(host, verb)


class TestEndOfACommand:
    """systemd takes a process that SIGTERM ended for one that ended well (systemd.service(5))."""

    def ended(self, tmp_path: Path, code: str, *words: str) -> int:
        """The exit status of a release's Python, without systemd around it."""
        python = tmp_path / RELEASE / "environment" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to(sys.executable)
        content = {"releases": str(tmp_path), "host_environment": "", "django_environment": ""}
        settings = Settings({**content, "app_user": "ekklesia", "egress_url": ""})
        told = django.command(settings, ["-c", code, *words], RELEASE)
        # What systemd makes of a `$$`.
        inner = [word.replace("$$", "$") for word in told[told.index("--") + 1 :]]
        return subprocess.run(inner, check=False).returncode

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE])
    def test_a_command_that_a_signal_ends_has_failed(self, tmp_path: Path, number: signal.Signals) -> None:
        code = f"import os, signal; signal.signal({number}, signal.SIG_DFL); os.kill(os.getpid(), {number})"
        assert self.ended(tmp_path, code) == 128 + number

    def test_the_shell_outlives_a_signal_to_all(self, tmp_path: Path) -> None:
        """A reboot sends it to every process; the shell must be left to say what became of the command."""
        code = (
            "import os, signal; os.kill(os.getppid(), signal.SIGTERM); os.kill(os.getpid(), signal.SIGTERM)"
        )
        assert self.ended(tmp_path, code) == 128 + signal.SIGTERM

    def test_its_own_status_and_its_words_pass(self, tmp_path: Path) -> None:
        code = "import sys; sys.exit(0 if sys.argv[1:] == ['a  b', '$HOME', '*'] else 7)"
        assert self.ended(tmp_path, code, "a  b", "$HOME", "*") == 0


@pytest.mark.parametrize("late", [False, True])
def test_a_migration_that_reports_no_error_is_asked_for_again(
    host: Any, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    pending = [Migration(name="sync.0005_add", sql="ALTER TABLE m ADD COLUMN a integer NULL;")]
    left = Plan(fresh=False, postgresql=150017, before=[] if late else pending, after=pending if late else [])
    monkeypatch.setattr(migrations, "manage", lambda *_, **__: Result("", "", 0))
    monkeypatch.setattr(migrations, "plan", lambda *_: left)
    with pytest.raises(DeployError, match=r"sync\.0005_add is still pending, although"):
        migrations.apply_all(host) if late else migrations.apply_before(host, RELEASE)


class TestCertificate:
    """A release is judged apart from a certificate, which the next deploy may be needed to mend."""

    @pytest.fixture
    def expired(self, host: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """curl refuses the certificate unless it is told not to look at it; what the site says then."""
        says = [WELL]

        def run(command: Any, **_: Any) -> Result:
            return Result(says[0], "", 0) if "--insecure" in command else Result("", f"{EXPIRED}\n", 60)

        monkeypatch.setattr(host, "run", run)
        return says

    def test_a_release_that_is_well_behind_an_expired_one(self, host: Any, expired: list[str]) -> None:
        assert health(host) == {"status": "ok", "release": RELEASE, "certificate": EXPIRED}
        assert verify(host, RELEASE) == EXPIRED

    def test_a_release_that_is_not_well_behind_an_expired_one(
        self, host: Any, expired: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expired[0] = json.dumps({"status": "database down", "release": RELEASE})
        monkeypatch.setattr("deploy.remote.service.HEALTH_SECONDS", 0)
        with pytest.raises(DeployError, match="does not answer well: database down"):
            verify(host, RELEASE)

    def test_a_good_certificate_is_nothing_to_tell(self, host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        answers(monkeypatch, host, Result(WELL, "", 0))
        assert verify(host, RELEASE) == ""


def test_a_lock_that_cannot_be_asked_hinders_no_other_line_of_the_status(host: Any) -> None:
    """Its file may be root's."""
    assert findings._lock(host) == "free"
    Path(layout.LOCK).unlink()
    Path(layout.LOCK).symlink_to(layout.LOCK)
    assert findings._lock(host).startswith("unknown: asking who holds the lock: ")
