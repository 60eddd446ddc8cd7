"""What `fab status` finds that is not as it should be, on a host that is a folder."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ekklesia_host.checks import LOCALHOST, NAMES, SAME_RULES

from deploy.provision import firewall, wanted_state
from deploy.release import folders, journal
from deploy.release.archive import make_archive
from deploy.remote import layout
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Result
from deploy.remote.steps import Steps
from deploy.status import clock, units
from deploy.status import differences as module
from deploy.status.differences import CURES, SCRIPT, differences

RELEASE = "0123456789ab-20261123T180000Z"
GOOD = {"checks": dict.fromkeys(CURES, "")}


@pytest.fixture
def well(host: Any, tree: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A release serves, nothing was interrupted, and the database answers; disks and reboots are left out."""
    folders.upload(host, make_archive(tree), RELEASE, "revision")
    folders.switch(host, RELEASE)
    backend = Path(layout.RELEASES) / RELEASE / "backend"
    (backend / "static").mkdir()
    (backend / "static" / "site.css").write_text("")
    python = backend.parent / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("")
    journal.note(host, "deploy", RELEASE, journal.SERVING, Steps("test"))
    monkeypatch.setattr(module, "not_at_boot", lambda _: [])
    answers(monkeypatch, json.dumps({"answers": True, "bytes": 1}))
    script = SCRIPT.replace("/srv/ekklesia", layout.BASE).replace("/run/reboot-required", f"{layout.BASE}/no")
    before, _, rest = script.partition("done 2>/dev/null\n")
    assert "df" in before
    monkeypatch.setattr(module, "SCRIPT", rest)
    return host


def answers(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(module, "ask", lambda *_, **__: Result(text, "", 0))


def test_a_host_that_is_well_differs_in_nothing(well: Any) -> None:
    assert differences(well, GOOD) == {}


def test_an_edited_file_is_named(well: Any) -> None:
    """What a deploy writes beside the release is no edit: static files and bytecode."""
    backend = Path(layout.RELEASES) / RELEASE / "backend"
    later = time.time() + 60
    for name in ("static/new.css", "x/__pycache__/a.pyc", "manage.py"):
        (backend / name).parent.mkdir(parents=True, exist_ok=True)
        (backend / name).write_text("written")
        os.utime(backend / name, (later, later))
    told = differences(well, GOOD)
    assert told == {"release": "1 files were edited on the host (backend/manage.py); `fab deploy --force`"}


def test_what_was_interrupted_is_told(well: Any) -> None:
    journal.announce_switch(well, None, RELEASE, Steps("test"))
    Path(layout.EXCHANGE).write_text("1")
    told = differences(well, GOOD)
    assert "`fab deploy` or `fab rollback` repairs it" in told["deploy"]
    assert "`fab restart` finishes it" in told["restore"]


@pytest.mark.parametrize(
    ("line", "name", "says"),
    [
        ("disk /srv 91% 3%", "disk /srv", "91 % used"),
        ("disk /var/log 10% 99%", "disk /var/log", "99 % of its inodes used"),
        ("readonly /srv/ekklesia/shared", "disk of /srv/ekklesia/shared", "can only be read"),
        ("reboot", "reboot", "an update waits"),
        ("foreign /srv/x", "owner of /srv/x", "it belongs to somebody else; `fab provision`"),
        ("journal it is gone or empty", "journal", "it is gone or empty; `fab deploy`"),
        ("environment", "Python environment", "the release that serves has none"),
        ("static", "static files", "are gone"),
    ],
)
def test_a_disk_or_a_reboot_is_a_line(line: str, name: str, says: str) -> None:
    assert says in dict(module._seen(line))[name]


@pytest.mark.parametrize("line", ["disk / 40% 3%", "disk /run - -", ""])
def test_what_is_as_it_should_be_is_none(line: str) -> None:
    assert dict(module._seen(line)) == {}


@pytest.mark.parametrize("name", sorted(CURES))
def test_what_only_root_sees_is_told_with_its_cure(well: Any, name: str) -> None:
    told = differences(well, {"checks": GOOD["checks"] | {name: "it complains"}})
    assert told == {name: f"{CURES[name]} (it complains)"}


def test_both_sides_name_the_same_checks_and_ask_the_same_questions() -> None:
    assert CURES.keys() == NAMES
    assert firewall.SAME_RULES == SAME_RULES
    assert wanted_state.LOCALHOST == LOCALHOST


def test_an_older_program_is_told_as_not_asked(well: Any) -> None:
    assert differences(well, {}) == {
        "checks as root": "the host's program does not make them yet; `fab provision`"
    }


def test_a_database_that_refuses_or_cannot_be_asked_is_told_with_the_reason(
    well: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, json.dumps({"answers": False, "reason": "too many clients already", "bytes": 0}))
    assert "too many clients already" in differences(well, GOOD)["database"]

    def fail(*_: Any, **__: Any) -> Result:
        raise RemoteError("database", 1, "ekklesia-host: Input/output error")

    monkeypatch.setattr(module, "ask", fail)
    assert "could not be asked: database: ekklesia-host: Input/output" in differences(well, GOOD)["database"]
    assert issubclass(RemoteError, DeployError)


def test_the_disks_of_this_machine_are_looked_at(host: Any) -> None:
    """The whole script, as it is."""
    lines = host.run(SCRIPT).stdout.splitlines()
    assert any(line.startswith("disk / ") for line in lines)


@pytest.mark.parametrize(
    ("ruin", "name", "says"),
    [
        (lambda: Path(layout.JOURNAL).unlink(), "journal", "it is gone"),
        (lambda: os.truncate(layout.JOURNAL, 9), "journal", "it was cut off in a line"),
        (lambda: _serving("backend/static/site.css").unlink(), "static files", "`fab deploy --force`"),
        (lambda: _serving("environment/bin/python").unlink(), "Python environment", "`fab deploy`"),
    ],
)
def test_what_a_release_and_its_journal_have_lost_is_told(
    well: Any, ruin: Callable[[], None], name: str, says: str
) -> None:
    ruin()
    assert says in differences(well, GOOD)[name]


def _serving(name: str) -> Path:
    return Path(layout.RELEASES) / RELEASE / name


def test_a_deploy_goes_on_with_a_journal_that_was_lost(well: Any) -> None:
    Path(layout.JOURNAL).unlink()
    journal.go_on(well, RELEASE, Steps("test"))
    journal.go_on(well, RELEASE, Steps("test"))
    assert [line["outcome"] for line in journal.entries(well)] == [journal.SERVING]


@pytest.mark.parametrize(
    ("minutes", "says"), [(0, ""), (1, ""), (120, "120 minutes ahead"), (-3, "3 minutes behind")]
)
def test_a_clock_that_goes_wrong_is_told(minutes: int, says: str) -> None:
    here = datetime(2026, 11, 30, tzinfo=UTC)
    told = clock.differs(here + timedelta(minutes=minutes), here)
    assert bool(told) == bool(says)
    assert says in told.get("clock", "")


def test_a_unit_that_no_boot_starts_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Asked:
        def run(self, command: str, *, check: bool) -> Result:
            assert command.count("is-enabled") == len(units.AT_BOOT)
            states = ["enabled"] * len(units.AT_BOOT)
            states[0], states[1] = "masked", ""
            return Result("\n".join(states) + "\n", "", 0)

    assert dict(units.not_at_boot(Asked())) == {  # type: ignore[arg-type]
        "unit nginx": "it is masked, so no boot starts it; `fab provision`",
        "unit gunicorn": "it is not there, so no boot starts it; `fab provision`",
    }
