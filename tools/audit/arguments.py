"""What is accepted for a while (`arguments.toml`), each entry with its reason and its last day."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tools.audit.findings import Finding

FILE = Path(__file__).parent / "arguments.toml"


class BadArgumentsError(Exception):
    """The file is not as it should be; one line says where."""


@dataclass(frozen=True)
class Argument:
    """These vulnerabilities of a package in one version are accepted until a day, because of a reason.

    `sources` are the beginnings of the sources' names in which that holds.
    """

    package: str
    version: str
    names: tuple[str, ...]
    sources: tuple[str, ...]
    because: str
    until: date

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is one of these, whatever the day."""
        return (
            finding.package.lower() == self.package.lower()
            and finding.version == self.version
            and finding.source.startswith(self.sources)
            and not set(self.names).isdisjoint(finding.names)
        )


def load(file: Path = FILE) -> list[Argument]:
    """The entries of the file. Raises BadArgumentsError."""
    try:
        entries = tomllib.loads(file.read_text()).get("accepted", [])
    except tomllib.TOMLDecodeError as error:
        raise BadArgumentsError(f"{file.name}: {error}") from None
    return [_entry(number, entry) for number, entry in enumerate(entries, 1)]


def _entry(number: int, entry: dict[str, Any]) -> Argument:
    wanted = {"package", "version", "names", "sources", "because", "until"}
    if entry.keys() != wanted:
        wrong = ", ".join(sorted(entry.keys() ^ wanted))
        raise BadArgumentsError(f"arguments.toml: entry {number}: missing or unknown: {wrong}")
    if not isinstance(entry["until"], date) or not entry["because"] or not entry["names"]:
        raise BadArgumentsError(f"arguments.toml: entry {number}: needs names, a reason, and a day")
    lists = {key: tuple(entry[key]) for key in ("names", "sources")}
    return Argument(**{**entry, **lists})


def covering(finding: Finding, arguments: Iterable[Argument], today: date) -> Argument | None:
    """The argument by which a finding is accepted today."""
    return next((found for found in arguments if found.until >= today and found.covers(finding)), None)
