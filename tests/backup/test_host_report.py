"""Each fault of a host is a warning in plain words; a host that is well has none."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.backup.backups import Backups
from deploy.backup.drill import Drill
from deploy.status.findings import _recent
from deploy.status.report import Findings, ago, parse_openssl_date, report, warnings
from deploy.status.tables import report_as_json, show_report

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def hours_ago(hours: float) -> str:
    return f"{NOW - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def backups(hours: float = 5, *, copied: bool = True, bucket: str = "b", error: str = "") -> Backups:
    newest = {"name": "20261123T090000Z-daily.tar", "made": hours_ago(hours), "bytes": 1, "copied": copied}
    told = {"backups": [newest], "bucket": bucket, "copy_error": error, "recovery": log()}
    return Backups.model_validate(told)


def log(until: float = 0.01, base: float = 5, **changes: Any) -> dict[str, Any]:
    """How far the copies of PostgreSQL's log have come: hours since its last moment and a base backup."""
    nothing = {"waiting_since": "", "error": "", "archiver": ""}
    return {"until": hours_ago(until), "base": hours_ago(base), **nothing, **changes}


def recoverable(told: dict[str, Any] | None) -> Backups:
    return Backups.model_validate(backups().model_dump() | {"recovery": told})


def drilled(days: float = 3, error: str = "") -> Drill:
    return Drill(at=hours_ago(24 * days), who="anna", backup="x", error=error)


def compared(days: float, running: float | None = None) -> dict[str, Any]:
    """What the site says of the nightly comparison: days since a whole round, hours since a run."""
    began = None if running is None else (NOW - timedelta(hours=running)).isoformat()
    ended = (NOW - timedelta(days=days)).isoformat()
    return {"completed_at": ended, "began_at": ended, "is_complete": True, "running_since": began}


WELL: dict[str, Any] = {
    "now": NOW,
    "release": "0123456789ab-20261123T120000Z",
    "since": NOW - timedelta(hours=2),
    "environment": "/srv/ekklesia/environments/python3.11-0123456789ab",
    "legacy_until": None,
    "site": "ok",
    "lock": "free",
    "maintenance": "off",
    "units": {"nginx": "active", "ssh": "active"},
    "workers": 3,
    "workers_wanted": 3,
    "queue": {"pending": 1, "failed": 0, "oldest_pending": (NOW - timedelta(minutes=3)).isoformat()},
    "backups": backups(),
    "drill": drilled(),
    "certificate_until": NOW + timedelta(days=60),
    "disk_free_bytes": 5 * 1024**3,
    "disk_used_percent": 40,
    "log_errors": 0,
    "server_errors": 0,
}
LEGACY = {"environment": "/srv/ekklesia/environments/python3.6-0123456789ab"}
LETTERS = {"pending": 0, "failed": 0, "unknown": 0, "server": "set", "late": None}
QUEUE = {"pending": 0, "failed": 0, "oldest_pending": None}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"release": ""}, "release: nothing is deployed"),
    (LEGACY, "runtime: set `runtime: legacy` with a day"),
    (LEGACY | {"legacy_until": (NOW + timedelta(days=29)).date()}, "runtime: move to the newest runtime"),
    (LEGACY | {"legacy_until": (NOW - timedelta(days=1)).date()}, "runtime: move to the newest runtime"),
    ({"differs": {"firewall": "its rules are not loaded"}}, "firewall: its rules are not loaded"),
    ({"site": "curl: (7) refused"}, "site: it does not answer as it should"),
    ({"maintenance": "on since 18:00 by anna"}, "maintenance: the site is closed"),
    ({"workers": 2}, "workers: not as many as set"),
    ({"units": {"nginx": "failed", "ssh": "active"}}, "services: nginx is failed"),
    ({"queue": None}, "sync: the site does not say how its queue is"),
    ({"queue": QUEUE | {"failed": 1}}, "sync: somebody must look at the failed ones"),
    ({"queue": QUEUE | {"held": 30}}, "sync: deletions wait for a person"),
    ({"queue": QUEUE | {"stopped": "it was set back"}}, "sync: it was set back"),
    (
        {"queue": QUEUE | {"field_maps": {"resting": ["profile.nickname"]}}},
        "sync: the halves have different releases; not synced until both are alike: profile.nickname",
    ),
    (
        {"queue": QUEUE | {"comparison": compared(8)}},
        "sync: not every member was compared in the last 7 days",
    ),
    ({"queue": QUEUE | {"comparison": compared(1, running=2)}}, "sync: the comparison that began at"),
    (
        {"queue": QUEUE | {"pending": 1, "oldest_pending": (NOW - timedelta(hours=2)).isoformat()}},
        "sync: the sync does not take what is pending",
    ),
    ({"letters": LETTERS | {"unknown": 1}}, "letters: somebody must say whether the unknown ones"),
    (
        {"letters": LETTERS | {"pending": 1, "late": (NOW - timedelta(hours=2)).isoformat()}},
        "letters: letters are not sent",
    ),
    ({"letters": LETTERS | {"pending": 1, "server": ""}}, "letters: letters wait, but no mail server is set"),
    ({"backups": None}, "last backup: the host does not list its backups"),
    ({"backups": backups().model_copy(update={"backups": []})}, "last backup: there is none"),
    ({"backups": backups(40)}, "last backup: none since then"),
    ({"backups": backups(bucket="")}, "last backup: no place off the host is set"),
    (
        {"backups": backups(bucket="", copied=False, error="the places differ")},
        "last backup: not copied off the host: the places differ",
    ),
    (
        {"backups": backups(0.1, copied=False, error="upload: HTTP 403: no")},
        "not copied off the host: upload",
    ),
    ({"backups": backups(4, copied=False)}, "last backup: not copied off the host; `fab backup.copy`"),
    ({"backups": recoverable(None)}, "recoverable: the host does not say; `fab provision`"),
    ({"backups": recoverable(log(error="upload: no"))}, "recoverable: not copied off the host: upload: no"),
    (
        {"backups": recoverable(log(waiting_since=hours_ago(0.1)))},
        "recoverable: not copied off the host; `fab logs --unit=ekklesia-repository-copy.service`",
    ),
    ({"backups": recoverable(log(base=15))}, "recoverable: no base backup of late"),
    (
        {"backups": recoverable(log() | {"until": "", "base": ""})},
        "recoverable: no base backup of late",
    ),
    (
        {"backups": recoverable(log(archiver="PostgreSQL could not hand over 00000001"))},
        "recoverable: PostgreSQL could not hand over 00000001; `fab provision`",
    ),
    (
        {"backups": recoverable(log(gap=(hours_ago(0.5), "")))},
        "recoverable: the log has a gap after 2026-11-23T13:30:00Z",
    ),
    ({"drill": None}, "last restore drill: nobody has tried"),
    ({"drill": drilled(error="restore: no")}, "last restore drill: restore: no"),
    ({"drill": drilled(40)}, "last restore drill: it is time for another"),
    ({"certificate_until": None}, "certificate: it cannot be read"),
    ({"certificate_until": NOW + timedelta(days=20)}, "certificate: it is not being renewed"),
    ({"disk_used_percent": 85}, "disk: it is filling up"),
    ({"log_errors": 1}, "errors, last day: see `fab logs`"),
    ({"server_errors": 1}, "errors, last day: see `fab logs`"),
]


def findings(**changes: Any) -> Findings:
    return Findings(**(WELL | changes))


def test_a_host_that_is_well_has_no_warnings() -> None:
    assert warnings(report(findings())) == []
    assert warnings(report(findings(backups=backups(1, copied=False)))) == []
    assert warnings(report(findings(letters=LETTERS))) == []
    assert warnings(report(findings(letters=LETTERS | {"server": ""}))) == []


def test_the_old_runtime_s_days_are_counted() -> None:
    until = (NOW + timedelta(days=90)).date()
    [line] = [line for line in report(findings(**LEGACY, legacy_until=until)) if line.name == "runtime"]
    assert (line.value, line.warning) == ("legacy: Python 3.6 and Django 2.2, for 90 more days", "")


@pytest.mark.parametrize(("change", "warning"), WRONG, ids=[warning for _, warning in WRONG])
def test_what_is_wrong_is_one_warning(change: dict[str, Any], warning: str) -> None:
    [told] = warnings(report(findings(**change)))
    assert warning in told


def test_it_fits_on_one_screen(capsys: pytest.CaptureFixture[str]) -> None:
    show_report("198.51.100.2", report(findings(disk_used_percent=90)))
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) <= 24
    assert "5 hours ago, 0.0 MiB, copied to b" in printed
    assert "3 of 3" in printed
    assert "! disk: it is filling up" in printed


def test_machines_get_everything(capsys: pytest.CaptureFixture[str]) -> None:
    found = findings(workers=2)
    told = json.loads(report_as_json(found, report(found)))
    assert told["warnings"] == ["workers: not as many as set; `fab restart`"]
    assert (told["site"], told["units"]["nginx"], told["backups"]["bucket"]) == ("ok", "active", "b")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (59, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"), (200000, "2 days ago")],
)
def test_how_long_ago(seconds: int, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_a_certificates_end() -> None:
    assert parse_openssl_date("Nov  3 04:05:06 2027 GMT\n") == datetime(2027, 11, 3, 4, 5, 6, tzinfo=UTC)
    assert parse_openssl_date("unable to load certificate") is None


def test_only_the_last_day_counts() -> None:
    moments = ["22/Nov/2026:13:59:00 +0000", "22/Nov/2026:14:01:00 +0000", "23/Nov/2026:15:00:00 +0200"]
    assert _recent(moments, NOW) == 2
