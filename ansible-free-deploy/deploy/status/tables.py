"""What a person sees of the host: its state on one screen, its releases, its backups."""

from __future__ import annotations

import json

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from deploy.backup.backups import Backups
from deploy.release.revision import shortened
from deploy.remote.plain_text import plain
from deploy.status.report import Findings, Line, warnings

FILE_WIDTH = 160
"""Columns."""


def show_report(title: str, lines: list[Line]) -> None:
    """Print the report on one screen, and below it what needs attention."""
    table = Table(title=title, show_header=False, title_justify="left")
    for line in lines:
        mark, colour = ("!", "yellow") if line.warning else ("", "")
        table.add_row(mark, line.name, Text(plain(line.value), style=colour))
    _print(table)
    for warning in warnings(lines):
        _print(Text(plain(f"! {warning}"), style="yellow"))
    if not warnings(lines):
        _print(Text("all is well", style="green"))


def report_as_json(found: Findings, lines: list[Line]) -> str:
    """Everything that was found, and the warnings, as one JSON object."""
    return json.dumps(found.model_dump(mode="json") | {"warnings": warnings(lines)})


def show_backups(found: Backups) -> None:
    """Print the backups as a table, the oldest first."""
    table = Table("backup", "MiB", "off the host")
    for backup in found.backups:
        size, place = f"{backup.bytes / 1024**2:,.1f}", found.bucket if backup.copied else "no"
        table.add_row(*map(_cell, (backup.name, size, place)))
    _print(table)


def show_releases(rows: list[dict[str, str]]) -> None:
    """Print them as a table."""
    table = Table("release", "", "last", "by", "at", "revision")
    for row in rows:
        table.add_row(*map(_cell, (row | {"revision": shortened(row["revision"])}).values()))
    _print(table)


def _cell(value: str) -> Text:
    """As it is: rich would take brackets in a text for its own marks."""
    return Text(plain(value))


def _print(table: RenderableType) -> None:
    """Print something. Only a terminal has a width; elsewhere the lines stay whole."""
    console = Console(highlight=False)
    console.print(table) if console.is_terminal else Console(highlight=False, width=FILE_WIDTH).print(table)
