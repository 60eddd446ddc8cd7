"""What an order says about how members are reconciled; handed on from the run to Django's merge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """How members are reconciled."""

    dry_run: bool = False
    """Say what would change and why; write nothing, on either side."""
    allow_deletions: bool = False
    """A person confirms the deletions, however many they are."""


NO_OPTIONS = Options()
