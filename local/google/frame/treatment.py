"""How Google treats a project: what it lets count late, and which calls it refuses for a moment.

Decisions only, each drawn from a seed. `GOOGLE=new-project` plays a project in its first hour. Google takes
minutes where this takes seconds; a client that waits until the thing works notices no other difference.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from local.world import NEW_PROJECT, World

Range = tuple[float, float]
"""The shortest and the longest, in seconds."""
AT_ONCE: Range = (0.0, 0.0)
TOO_MANY, UNAVAILABLE = 429, 503


@dataclass(frozen=True)
class Treatment:
    """Of one project; by default that of one in which all has settled."""

    seed: int = 1
    apis: Range = AT_ONCE
    """From when an API is enabled until it answers."""
    grants: Range = AT_ONCE
    """From when a role is granted until it lets anybody do anything."""
    identities: Range = AT_ONCE
    """From when an account is made until IAM finds it."""
    databases: Range = AT_ONCE
    """From when a database is deleted until its id can be used again."""
    disturbed: float = 0.0
    """The share of calls that are refused for a moment."""

    def seconds(self, span: Range, what: str) -> float:
        """How long it takes with `what`, such as the name of an API: the same each time."""
        shortest, longest = span
        return shortest + (longest - shortest) * self._drawn(what)

    def refusal(self, call: str, number: int) -> int | None:
        """The status with which Google refuses a call for a moment, if it does.

        `number` counts the calls that are the same. Never are two refused one after the other, so that a
        client gets through which tries again.
        """
        if not self._is_disturbed(call, number) or self._is_disturbed(call, number - 1):
            return None
        return TOO_MANY if self._drawn(f"{call} {number} status") < 1 / 2 else UNAVAILABLE

    def _is_disturbed(self, call: str, number: int) -> bool:
        return self._drawn(f"{call} {number}") < self.disturbed

    def _drawn(self, what: str) -> float:
        """From 0 up to 1."""
        digest = hashlib.sha256(f"{self.seed} {what}".encode()).digest()
        return int.from_bytes(digest[:8]) / 2**64


def treatment_of(world: World) -> Treatment:
    """That of the world's project."""
    if world.google != NEW_PROJECT:
        return Treatment()
    return Treatment(
        world.google_seed,
        apis=(1.0, 6.0),
        grants=(2.0, 12.0),
        identities=(0.5, 3.0),
        databases=(5.0, 10.0),
        disturbed=0.08,
    )
