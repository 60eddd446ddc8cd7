"""What a person wants to see of the host: its state on one screen, its releases, its backups, its logs."""

from __future__ import annotations

import json
import re

import journal
import release_folder
from backup import Backups
from errors import DeployError
from host import Host
from host_report import Findings, Line, warnings
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text
from source_revision import shortened

FILE_WIDTH = 160
"""Columns."""


def show_report(title: str, lines: list[Line]) -> None:
    """Print the report on one screen, and below it what somebody should see to."""
    table = Table(title=title, show_header=False, title_justify="left")
    for line in lines:
        mark, colour = ("!", "yellow") if line.warning else ("", "")
        table.add_row(mark, line.name, Text(line.value, style=colour))
    _print(table)
    for warning in warnings(lines):
        _print(Text(f"! {warning}", style="yellow"))
    if not warnings(lines):
        _print(Text("all is well", style="green"))


def report_as_json(found: Findings, lines: list[Line]) -> str:
    """Everything that was found, and the warnings, as one JSON object."""
    return json.dumps(found.model_dump(mode="json") | {"warnings": warnings(lines)})


def show_backups(found: Backups) -> None:
    """Print the backups as a table, the oldest first."""
    table = Table("backup", "MiB", "off the host")
    for backup in found.backups:
        table.add_row(backup.name, f"{backup.bytes / 1024**2:,.1f}", found.bucket if backup.copied else "no")
    _print(table)


def releases(host: Host) -> list[dict[str, str]]:
    """The releases on the host with what the journal says of each, the oldest first."""
    serving = release_folder.serving(host)
    last = {line["release"]: line for line in journal.entries(host) if "release" in line}
    made_of = release_folder.revisions(host)
    return [
        _release_row(name, serving, last.get(name, {})) | {"revision": made_of.get(name, "")}
        for name in release_folder.names(host)
    ]


def show_releases(rows: list[dict[str, str]]) -> None:
    """Print them as a table."""
    table = Table("release", "", "last", "by", "at", "revision")
    for row in rows:
        table.add_row(*(row | {"revision": shortened(row["revision"])}).values())
    _print(table)


def follow_logs(host: Host, unit: str, lines: str, *, follow: bool) -> int:
    """Show the last so many lines of a unit's log on this terminal; the exit status of journalctl."""
    if not unit.replace("-", "").replace(".", "").isalnum():
        raise DeployError(f"{unit!r} is no name of a unit")
    if not re.fullmatch("[0-9]+", lines):
        raise DeployError(f"{lines!r} is no number of lines")
    words = ["journalctl", "--no-pager", f"--lines={lines}", f"--unit={unit}", "--output=short-iso"]
    return host.stream([*words, *(["--follow"] if follow else [])], root=True)


def _print(table: RenderableType) -> None:
    """Print something; what is not a terminal has no width, so the lines there stay whole."""
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
