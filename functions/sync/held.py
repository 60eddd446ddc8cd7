"""What waits for a person: everyone whom Django holds now, as one question with one hash.

A held run is that question as it was recorded: what would be done to whom, how many, why, and until when an
answer counts. Django keeps who is held; this module only puts it together.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from runtime.kennitala import mask

from .peer import DjangoPeer, HeldMember

PAGE = 1000
LISTED = 500
"""How many members a held run names; the rest is only counted, and is part of the hash all the same."""
HELD, RELEASED, REFUSED = "held", "released", "refused"
REPLACED, SETTLED = "replaced", "settled"
"""Ends of a held run without a person: something else is held now, or nothing is."""
UNANSWERED = (HELD, REFUSED)
"""In these states the same question is not asked again until its time is over."""


class NotDecidableError(Exception):
    """A decision that does not count: the text tells the person why, and holds no personal data."""


@dataclass(frozen=True)
class Situation:
    """All that is held at one moment, in the order of the kennitala."""

    members: tuple[HeldMember, ...]

    @cached_property
    def hash(self) -> str:
        """SHA-256 of who is held, why, and which deletion of theirs."""
        parts = sorted([it.kennitala, it.reason, it.where, it.fingerprint] for it in self.members)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def fingerprints(self) -> dict[str, str]:
        """Kennitala → which deletion is held."""
        return {member.kennitala: member.fingerprint for member in self.members}

    def as_document(self) -> dict[str, Any]:
        """What staff are shown; kennitalas are masked."""
        return {
            "reasons": sorted({member.reason for member in self.members}),
            "count": len(self.members),
            "deletedIn": dict(Counter(member.where for member in self.members)),
            "hash": self.hash,
            "members": [
                {"kennitala": mask(member.kennitala), "name": member.name, "deletedIn": member.where}
                for member in self.members[:LISTED]
            ],
        }


@dataclass(frozen=True)
class Decider:
    """Who decides: a superuser's user id, or an operator's own account."""

    who: str
    role: str


def situation_of(peer: DjangoPeer) -> Situation:
    """What is held now. Raises SyncError."""
    members: list[HeldMember] = []
    page = peer.held(None, PAGE)
    members.extend(page.members)
    while page.next is not None:
        page = peer.held(page.next, PAGE)
        members.extend(page.members)
    return Situation(tuple(members))


def is_asked(run: dict[str, Any], situation: Situation, now: datetime) -> bool:
    """Whether a recorded run asks this question already."""
    return bool(run["hash"] == situation.hash and run["validUntil"] > now)


def check_decidable(run: dict[str, Any] | None, shown: str, now: datetime) -> None:
    """Raise NotDecidableError unless a run waits for an answer and is the one that the person was shown."""
    if run is None:
        raise NotDecidableError("there is no such held run")
    if run["status"] != HELD:
        raise NotDecidableError(f"this held run is {run['status']} already")
    if run["validUntil"] <= now:
        raise NotDecidableError("this held run is too old; the next run asks anew")
    if run["hash"] != shown:
        raise NotDecidableError("something else was shown than is held; look again")
