"""What a long proof is: a number of attempts by seed, in portions, and what each portion found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Portion:
    """What some attempts came to."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """By what is counted, for example `written`; the portions of a proof are added up."""
    violations: Sequence[str] = ()
    """One line for each thing that should not be: what, and how to see it again."""


Attempt = Callable[[int, range], Portion]
"""Seed, and the numbers of the attempts. The same two must lead to the same attempts."""


@dataclass(frozen=True)
class Proof:
    """A proof of any size. `opened` brings up what the attempts share, and removes it at the end."""

    claim: str
    """What it shows: a sentence."""
    unit: str
    """What an attempt is called, in the plural: `batches`."""
    size: int
    """How many attempts `make proof` makes if it is not told."""
    portion: int
    """The attempts after which it prints and keeps what it has; about half a minute's work."""
    opened: Callable[[], AbstractContextManager[Attempt]]
    most: int | None = None
    """How many different attempts there are, if they are not endless."""
