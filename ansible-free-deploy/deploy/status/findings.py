"""Finds out how the host is: one script, what only root can read, and the site's own report on its queue."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.backup import backups as backup
from deploy.backup import drill
from deploy.release import folders
from deploy.remote import layout, maintenance
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Host
from deploy.remote.lock import describe_holder, holder
from deploy.remote.manage import manage
from deploy.remote.service import health, is_deployed
from deploy.remote.verbs import ask
from deploy.status import clock, dns, units
from deploy.status.differences import differences
from deploy.status.report import Findings, parse_openssl_date

MOMENT = "%d/%b/%Y:%H:%M:%S %z"
"""How a line in nginx's log writes its time."""
FACTS = {
    "now": "date +%s",
    "since": 'date -d "$(systemctl show -p ActiveEnterTimestamp --value gunicorn)" +%s || true',
    "environment": f"readlink {layout.CURRENT}/environment || true",
    "workers": "pgrep -c -P $(systemctl show -p MainPID --value gunicorn) gunicorn || true",
    "free": f"df --block-size=1 --output=avail {layout.BASE} | tail -1",
    "used": f"df --output=pcent {layout.BASE} | tail -1 | tr -d ' %'",
}


def find_out(host: Host) -> Findings:
    """Everything that the report needs. Raises DeployError if the host was never provisioned."""
    if host.run(f"test -d {layout.RELEASES}", check=False).status:
        raise DeployError("the host is not provisioned; run `fab provision`")
    here = datetime.now(UTC)
    facts, seen_by_root = _facts(host), json.loads(ask(host, "status").stdout)
    now = datetime.fromtimestamp(int(facts["now"]), UTC)
    deployed = is_deployed(host)
    answer = health(host)
    return Findings(
        now=now,
        release=folders.serving(host) or "",
        since=datetime.fromtimestamp(int(facts["since"]), UTC) if deployed and facts["since"] else None,
        environment=facts["environment"],
        legacy_until=host.stack.linode.legacy_until,
        site=answer.get("status") or ", ".join(answer.values()),
        lock=_lock(host),
        maintenance=maintenance.describe(host),
        units=units.running(host),
        workers=int(facts["workers"] or 0),
        workers_wanted=host.stack.linode.workers,
        queue=_told(host, "sync_status") if deployed else None,
        letters=_told(host, "letters_status") if deployed else None,
        backups=_backups(host),
        drill=drill.last(host),
        certificate_until=parse_openssl_date(seen_by_root["certificate"]),
        disk_free_bytes=int(facts["free"]),
        disk_used_percent=int(facts["used"]),
        log_errors=seen_by_root["log_errors"],
        server_errors=_recent(seen_by_root["server_errors"], now),
        differs=differences(host, seen_by_root)
        | _certificate_of(answer)
        | clock.differs(now, here)
        | dns.differs(host.stack.linode),
    )


def _certificate_of(answer: dict[str, str]) -> dict[str, str]:
    """What a browser has against the certificate, if anything."""
    return {"TLS": f"browsers refuse it: {told}"} if (told := answer.get("certificate")) else {}


def _facts(host: Host) -> dict[str, str]:
    script = "\n".join(f'printf "%s\\n" "$({command})"' for command in FACTS.values())
    answers = host.run(script, what="status").stdout.splitlines()
    return dict(zip(FACTS, answers, strict=True))


def _lock(host: Host) -> str:
    """Who holds the deploys' lock; that its file cannot be opened hinders no other question."""
    try:
        return "free" if holder(host) is None else describe_holder(host)
    except RemoteError as error:
        return f"unknown: {error.message}"


def _told(host: Host, command: str) -> dict[str, Any] | None:
    """What a command of the site's own reports."""
    try:
        return dict(json.loads(manage(host, [command, "--json"]).stdout))
    except (DeployError, ValueError):
        return None


def _backups(host: Host) -> backup.Backups | None:
    try:
        return backup.listed(host)
    except DeployError:
        return None


def _recent(moments: Iterable[str], now: datetime) -> int:
    """How many of these times, as nginx writes them, are in the last day."""
    return sum(now - datetime.strptime(moment, MOMENT) < timedelta(days=1) for moment in moments)
