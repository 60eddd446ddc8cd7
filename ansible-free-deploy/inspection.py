"""What a person wants to see of the host: its state on one screen, its releases, its logs."""

from __future__ import annotations

import journal
import layout
import release_folder
from django_manage import manage
from errors import DeployError
from host import Host
from lock import describe_holder, holder
from rich.console import Console
from rich.table import Table
from service import health, is_deployed

FILE_WIDTH = 160
"""Columns."""
UNITS = ("nginx", "gunicorn", "postgresql", "nftables", "ssh", "ekklesia-backup.timer")
FACTS = {
    "disk": f'df -h --output=avail,pcent {layout.BASE} | tail -1 | awk \'{{print $1 " free, " $2 " used"}}\'',
    "workers": "pgrep -c -P $(systemctl show -p MainPID --value gunicorn) gunicorn || true",
    "running since": "systemctl show -p ActiveEnterTimestamp --value gunicorn",
    "last backup": f"find {layout.BACKUPS} -name '*.dump' -printf '%f\\n' | sort | tail -1",
    "certificate until": f"openssl x509 -enddate -noout -in {layout.TLS}/fullchain.pem | cut -d= -f2",
    "errors, last day": "journalctl -u gunicorn --since -24h --grep '^(ERROR|CRITICAL)' -o cat -q | wc -l",
}


def status(host: Host) -> dict[str, str]:
    """The state of the host, each line a name and a value."""
    answer = health(host)
    state = {
        "release": release_folder.serving(host) or "none",
        "site": answer.get("status") or ", ".join(answer.values()),
        "deploy lock": "free" if holder(host) is None else describe_holder(host),
    }
    state |= _units(host) | _facts(host)
    if is_deployed(host):
        state |= {"sync": _sync(host)}
    return state


def show(title: str, rows: dict[str, str]) -> None:
    """Print names and values as a table."""
    table = Table(title=title, show_header=False, title_justify="left")
    for name, value in rows.items():
        table.add_row(name, value)
    _print(table)


def releases(host: Host) -> list[dict[str, str]]:
    """The releases on the host with what the journal says of each, the oldest first."""
    serving = release_folder.serving(host)
    last = {line["release"]: line for line in journal.entries(host) if "release" in line}
    return [_release_row(name, serving, last.get(name, {})) for name in release_folder.names(host)]


def show_releases(rows: list[dict[str, str]]) -> None:
    """Print them as a table."""
    table = Table("release", "", "last", "by", "at")
    for row in rows:
        table.add_row(*row.values())
    _print(table)


def follow_logs(host: Host, unit: str, lines: int, *, follow: bool) -> int:
    """Show a unit's log on this terminal; the exit status of journalctl."""
    if not unit.replace("-", "").replace(".", "").isalnum():
        raise DeployError(f"{unit!r} is no name of a unit")
    words = ["journalctl", "--no-pager", f"--lines={lines}", f"--unit={unit}", "--output=short-iso"]
    return host.stream([*words, *(["--follow"] if follow else [])], root=True)


def _print(table: Table) -> None:
    """Print a table; what is not a terminal has no width, so the lines there stay whole."""
    console = Console(highlight=False)
    console.print(table) if console.is_terminal else Console(highlight=False, width=FILE_WIDTH).print(table)


def _release_row(name: str, serving: str | None, line: dict[str, str]) -> dict[str, str]:
    return {
        "release": name,
        "serving": "serving" if name == serving else "",
        "last": f"{line['action']}: {line['outcome']}" if line else "never served",
        "by": line.get("who", ""),
        "at": line.get("at", ""),
    }


def _units(host: Host) -> dict[str, str]:
    states = host.run(["systemctl", "is-active", *UNITS], check=False).stdout.split()
    return dict(zip(UNITS, states, strict=True))


def _facts(host: Host) -> dict[str, str]:
    script = "\n".join(f'printf "%s\\n" "$({command})"' for command in FACTS.values())
    answers = host.run(script, root=True, what="status").stdout.splitlines()
    return dict(zip(FACTS, answers, strict=True))


def _sync(host: Host) -> str:
    """What waits to be synchronised, as the site's own command says."""
    try:
        return manage(host, ["sync_status"]).stdout.strip()
    except DeployError as error:
        return f"unknown ({error.message})"
