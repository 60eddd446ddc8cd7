"""How the host is, in plain words, and what needs attention: pure functions of findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from deploy.backup.backups import Backups, Recovery
from deploy.backup.drill import Drill
from deploy.release.environment import is_legacy
from deploy.remote import layout

BACKUP_HOURS = 36
"""One is made each night."""
COPY_HOURS = 3
"""Copies are tried each hour."""
LOG_MINUTES = 5
"""PostgreSQL's log is copied within a minute."""
BASE_HOURS = 14
"""A base backup is made each six hours."""
DRILL_DAYS = 35
CERTIFICATE_DAYS = 21
"""certbot renews a month before the end."""
LEGACY_DAYS = 30
"""So long before its end the legacy runtime becomes something to see to."""
DISK_PERCENT = 85
ROUND_DAYS = 7
"""Within this time, in nights, the comparison has to come round."""
QUEUE_HOURS = 1
NAMED = 3
"""So many fields are named; the rest is counted."""
"""The sweep goes each minute."""


class Findings(BaseModel):
    """What was found on the host. `None` means that it could not be found out."""

    now: datetime
    release: str
    since: datetime | None
    environment: str
    """The folder of the Python environment that serves."""
    legacy_until: date | None
    site: str
    lock: str
    maintenance: str
    """`off`, or since when, by whom and why."""
    units: dict[str, str]
    workers: int
    workers_wanted: int
    queue: dict[str, Any] | None
    letters: dict[str, Any] | None = None
    backups: Backups | None
    drill: Drill | None
    certificate_until: datetime | None
    disk_free_bytes: int
    disk_used_percent: int
    log_errors: int
    server_errors: int
    """Answers 500 to 599, in the last day."""
    differs: dict[str, str] = {}
    """What is not as wanted, by what it is about, with what to do."""


class Line(BaseModel):
    """One line of the report; `warning` says what is wrong with it, if anything."""

    name: str
    value: str
    warning: str = ""


def report(found: Findings) -> list[Line]:
    """The whole report, the most important line first."""
    return [
        _release(found),
        *_runtime(found),
        _site(found),
        _maintenance(found),
        _workers(found),
        _services(found),
        *_queue(found),
        *_letters(found),
        _backup(found),
        *_recovery(found),
        _drill(found),
        _certificate(found),
        _disk(found),
        _errors(found),
        Line(name="deploy lock", value=found.lock),
        *(Line(name=name, value="not as wanted", warning=wrong) for name, wrong in found.differs.items()),
    ]


def warnings(lines: list[Line]) -> list[str]:
    """What needs attention."""
    return [f"{line.name}: {line.warning}" for line in lines if line.warning]


def ago(moment: datetime, now: datetime) -> str:
    """How long ago a moment is, in words."""
    seconds = max((now - moment).total_seconds(), 0)
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if count := int(seconds // size):
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _release(found: Findings) -> Line:
    if not found.release:
        return Line(name="release", value="none", warning="nothing is deployed")
    since = f", running since {found.since:%Y-%m-%d %H:%M} UTC" if found.since else ""
    return Line(name="release", value=found.release + since)


def _runtime(found: Findings) -> Iterator[Line]:
    """The old Python gets a line of its own for as long as it serves."""
    if not is_legacy(found.environment):
        return
    value, wrong = "legacy: Python 3.6 and Django 2.2", ""
    if found.legacy_until is None:
        wrong = "set `runtime: legacy` with a day (`legacyUntil`), or `current` (docs/upgrade.md)"
    else:
        days = (found.legacy_until - found.now.date()).days
        value += f", for {days} more days" if days >= 0 else f", {-days} days longer than planned"
        wrong = "move to the newest runtime (docs/upgrade.md)" if days < LEGACY_DAYS else ""
    yield Line(name="runtime", value=value, warning=wrong)


def _site(found: Findings) -> Line:
    wrong = "" if found.site == "ok" else "it does not answer as it should; see `fab logs`"
    return Line(name="site", value=found.site, warning=wrong)


def _maintenance(found: Findings) -> Line:
    wrong = "" if found.maintenance == "off" else "the site is closed; `fab maintenance off` opens it"
    return Line(name="maintenance", value=found.maintenance, warning=wrong)


def _workers(found: Findings) -> Line:
    wrong = "" if found.workers == found.workers_wanted else "not as many as set; `fab restart`"
    return Line(name="workers", value=f"{found.workers} of {found.workers_wanted}", warning=wrong)


def _services(found: Findings) -> Line:
    down = [f"{name} is {state}" for name, state in found.units.items() if state != "active"]
    wrong = ", ".join(down)
    return Line(name="services", value=wrong or f"all {len(found.units)} run", warning=wrong)


def _queue(found: Findings) -> Iterator[Line]:
    if found.queue is None:
        yield Line(name="sync", value="unknown", warning="the site does not say how its queue is")
        return
    pending, failed = found.queue["pending"], found.queue["failed"]
    held = found.queue.get("held", 0)
    value, wrong = f"{pending} pending, {failed} failed", ""
    if stopped := found.queue.get("stopped"):
        value += ", stopped"
        wrong = stopped
    elif held:
        value += f", {held} deletions held"
        wrong = "deletions wait for a person; `fab sync --dry-run` names them"
    elif before := found.queue.get("erased_before", 0):
        value += f", {before} erased before"
        wrong = "people who were erased are entered again; staff let them in, or erase them (Django admin)"
    elif failed:
        wrong = "somebody must look at the failed ones (Django admin, Member sync queue)"
    if oldest := found.queue.get("oldest_pending"):
        moment = datetime.fromisoformat(str(oldest))
        value += f", the oldest {ago(moment, found.now)}"
        if found.now - moment > timedelta(hours=QUEUE_HOURS):
            wrong = wrong or "the sync does not take what is pending"
    if resting := (found.queue.get("field_maps") or {}).get("resting"):
        value += f", {len(resting)} fields rest"
        wrong = (
            wrong or f"the halves have different releases; not synced until both are alike: {_some(resting)}"
        )
    yield Line(name="sync", value=value, warning=wrong or _late(found.queue, found.now))


def _letters(found: Findings) -> Iterator[Line]:
    """Letters to members. A host of an earlier release, or without a mail server, has nothing to say."""
    if found.letters is None or not (found.letters["server"] or found.letters["pending"]):
        return
    told = found.letters
    wrong = "" if told["server"] else "letters wait, but no mail server is set (docs/production.md)"
    if late := told["late"]:
        moment = datetime.fromisoformat(str(late))
        if found.now - moment > timedelta(hours=QUEUE_HOURS):
            wrong = wrong or "letters are not sent; see `fab logs --unit=ekklesia-mail`"
    if told["unknown"]:
        wrong = wrong or "somebody must say whether the unknown ones are sent again (Django admin, Letters)"
    value = f"{told['pending']} waiting, {told['failed']} failed, {told['unknown']} unknown"
    yield Line(name="letters", value=value, warning=wrong)


def _late(queue: dict[str, Any], now: datetime) -> str:
    """What is wrong with the nightly comparison, if anything; a host of an earlier release says nothing."""
    told = queue.get("comparison")
    if told is None:
        return ""
    last = datetime.fromisoformat(str(told["completed_at"] or told["began_at"]))
    if now - last > timedelta(days=ROUND_DAYS):
        return f"not every member was compared in the last {ROUND_DAYS} days"
    begun = told["running_since"]
    if begun is not None and now - datetime.fromisoformat(str(begun)) > timedelta(hours=QUEUE_HOURS):
        return f"the comparison that began at {begun} never ended"
    return ""


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _backup(found: Findings) -> Line:
    if found.backups is None:
        return Line(name="last backup", value="unknown", warning="the host does not list its backups")
    if not found.backups.backups:
        return Line(name="last backup", value="none", warning="there is none; `fab backup`")
    newest = found.backups.backups[-1]
    made = datetime.fromisoformat(newest.made)
    off = f"copied to {found.backups.bucket}" if newest.copied else "not copied off the host"
    value = f"{ago(made, found.now)}, {newest.bytes / 1024**2:,.1f} MiB, {off}"
    late = found.now - made > timedelta(hours=BACKUP_HOURS)
    wrong = "none since then" if late else _copying(found.backups, found.now - made)
    return Line(name="last backup", value=value, warning=wrong)


def _copying(backups: Backups, age: timedelta) -> str:
    """What is wrong with the copies off the host, if the newest backup has that age."""
    if backups.copy_error:
        return f"not copied off the host: {backups.copy_error}"
    if not backups.bucket:
        return "no place off the host is set; `pulumi up` (or `fab configure`) sets it"
    late = age > timedelta(hours=COPY_HOURS) and not backups.backups[-1].copied
    return "not copied off the host; `fab backup.copy`" if late else ""


def _recovery(found: Findings) -> Iterator[Line]:
    """Up to which moment the database could be recovered if the host were lost now."""
    if found.backups is None or not found.backups.bucket:
        return
    told = found.backups.recovery
    if told is None:
        yield Line(name="recoverable", value="unknown", warning="the host does not say; `fab provision`")
        return
    value = "not yet"
    if told.until:
        until = datetime.fromisoformat(told.until)
        value = f"to any moment until {until:%Y-%m-%d %H:%M:%S} UTC ({ago(until, found.now)})"
        value += _but_for(told.gap)
    yield Line(name="recoverable", value=value, warning=_not_recoverable(told, found.now))


def _but_for(gap: tuple[str, str] | None) -> str:
    """The moments in the middle of the log that cannot be had, if there are such."""
    if gap is None or not gap[1]:
        return ""
    first, last = (datetime.fromisoformat(moment) for moment in gap)
    return f", but for those from {first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S}"


def _not_recoverable(told: Recovery, now: datetime) -> str:
    """What is wrong with the copies of PostgreSQL's log and of its base backups, if anything."""
    if told.archiver:
        return f"{told.archiver}; `fab provision`, or `fab reboot`"
    if told.error:
        return f"not copied off the host: {told.error}"
    if told.gap and not told.gap[1]:
        return (
            f"the log has a gap after {told.gap[0]}, over which no recovery leads, until the next base backup"
        )
    late = timedelta(minutes=LOG_MINUTES)
    if told.waiting_since and now - datetime.fromisoformat(told.waiting_since) > late:
        return f"not copied off the host; `fab logs --unit={layout.REPOSITORY_COPY_SERVICE}`"
    if not told.base or now - datetime.fromisoformat(told.base) > timedelta(hours=BASE_HOURS):
        return f"no base backup of late; `fab logs --unit={layout.BASE_BACKUP_SERVICE}`"
    return ""


def _drill(found: Findings) -> Line:
    if found.drill is None:
        return Line(name="last restore drill", value="never", warning="nobody has tried; `fab backup.drill`")
    at = datetime.fromisoformat(found.drill.at)
    value = f"{ago(at, found.now)} by {found.drill.who}, {'failed' if found.drill.error else 'well'}"
    late = found.now - at > timedelta(days=DRILL_DAYS)
    wrong = found.drill.error or ("it is time for another; `fab backup.drill`" if late else "")
    return Line(name="last restore drill", value=value, warning=wrong)


def _certificate(found: Findings) -> Line:
    if found.certificate_until is None:
        return Line(name="certificate", value="unknown", warning="it cannot be read")
    days = (found.certificate_until - found.now).days
    wrong = "it is not being renewed; see `fab logs --unit=certbot`" if days < CERTIFICATE_DAYS else ""
    return Line(name="certificate", value=f"valid for {days} days", warning=wrong)


def _disk(found: Findings) -> Line:
    value = f"{found.disk_free_bytes / 1024**3:,.1f} GiB free, {found.disk_used_percent} % used"
    wrong = "it is filling up" if found.disk_used_percent >= DISK_PERCENT else ""
    return Line(name="disk", value=value, warning=wrong)


def _errors(found: Findings) -> Line:
    value = f"{found.log_errors} in the logs, {found.server_errors} answers 5xx"
    wrong = "see `fab logs`" if found.log_errors or found.server_errors else ""
    return Line(name="errors, last day", value=value, warning=wrong)


def parse_openssl_date(text: str) -> datetime | None:
    """A date as openssl prints it (`Nov 23 14:00:00 2026 GMT`)."""
    try:
        return datetime.strptime(text.strip(), "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
    except ValueError:
        return None
