"""Guards that the real stores provide: without one, a storm must find the harm."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.linode.django_server import BACKEND
from tests.proof.mutations import GuardMovedError, Mutation

WAIT = "__import__('time').sleep(0.05)"
"""Seconds between a read and its write. With it, others come between them on a machine of any speed."""


@dataclass(frozen=True)
class StormGuard:
    """A guard, and the change that removes it: in a module of the workers, or in a file of the site."""

    name: str
    guard: str
    in_workers: Mutation | None = None
    file: str = ""
    replaced: tuple[tuple[str, str], ...] = ()

    def site_without(self, folder: Path) -> Path:
        """A copy of the site without the guard. Raises GuardMovedError if it is not found."""
        site = folder / "site"
        shutil.copytree(BACKEND, site)
        source = (site / self.file).read_text(encoding="utf-8")
        for old, new in self.replaced:
            if source.count(old) != 1:
                raise GuardMovedError(f"{self.name}: {self.file} has {source.count(old)} times {old!r}")
            source = source.replace(old, new)
        (site / self.file).write_text(source, encoding="utf-8")
        return site


STORM_GUARDS = (
    StormGuard(
        "firestore-precondition",
        "Firestore itself takes a write only on the document that was read",
        in_workers=Mutation(
            "firestore-precondition",
            "a write tells Firestore what it demands",
            "sync.write_requests",
            "    if update_time is None:\n        write.current_document.exists = False\n        return\n",
            f"    {WAIT}\n    return\n",
        ),
    ),
    StormGuard(
        "row-locks",
        "a member is locked from before it is read until it is written",
        file="sync/register.py",
        replaced=(
            (" ORDER BY ssn FOR NO KEY UPDATE", ""),
            (" ORDER BY comrade.ssn FOR NO KEY UPDATE OF detail", ""),
            ("ORDER BY ssn FOR UPDATE", ""),
            (
                'return dict(_read("WHERE comrade.ssn = ANY(%s)", [list(kennitalas)]))',
                f'found = dict(_read("WHERE comrade.ssn = ANY(%s)", [list(kennitalas)]))\n'
                f"    {WAIT}\n    return found",
            ),
        ),
    ),
)
