"""What an order says about how members are reconciled; handed on from the run to Django's merge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Store = Literal["register", "firestore"]


@dataclass(frozen=True)
class Restored:
    """Which store a person says was set back, and the highest number of a member that Firestore knows."""

    store: Store
    highest_number: int = 0


@dataclass(frozen=True)
class Word:
    """What a person has decided."""

    released: Mapping[str, str] = field(default_factory=dict)
    """What a person has released of what is held: kennitala → fingerprint of the deletion that was shown."""

    restored: Restored | None = None
    """Reconcile by what counts after this store was restored."""


NOTHING_SAID = Word()


@dataclass(frozen=True)
class Options:
    """How members are reconciled."""

    dry_run: bool = False
    """Say what would change and why; write nothing, on either side."""
    word: Word = NOTHING_SAID


NO_OPTIONS = Options()
