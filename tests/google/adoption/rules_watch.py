"""Asks twenty times a second whether the rules are in force, as a browser does.

A member reads their own document, which every release allows; reads another member's, and writes into it,
which every release refuses.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx

from local.world import World
from tests.google.adoption.members import COLLECTION, kennitala
from tests.google.conftest import bearer
from tests.unsigned_token import unsigned_token

PAUSE_SECONDS = 0.05
OK, DENIED = 200, 403
IN_FORCE = (OK, DENIED, DENIED)
OWN, OTHER = 1, 2
INTRUSION = {"fields": {"name": {"stringValue": "somebody else"}}}


@dataclass
class RulesWatch:
    """Watches from its beginning to its end."""

    world: World
    answers: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    """How often the three questions were answered so."""
    longest_pause: float = 0.0
    """Seconds between two questions: a gap that is shorter may not be seen."""
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> RulesWatch:
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def gaps(self) -> dict[tuple[int, int, int], int]:
        """Answers that rules in force would not have given, and how often."""
        return {each: count for each, count in self.answers.items() if each != IN_FORCE}

    def _watch(self) -> None:
        own, other = self._address(OWN), self._address(OTHER)
        asked = time.monotonic()
        with httpx.Client(headers=_header_of(OWN), trust_env=False, timeout=30) as client:
            while not self._ended.wait(PAUSE_SECONDS):
                read, spied = client.get(own), client.get(other)
                written = client.patch(other, params={"updateMask.fieldPaths": "name"}, json=INTRUSION)
                self.answers[read.status_code, spied.status_code, written.status_code] += 1
                now = time.monotonic()
                self.longest_pause, asked = max(self.longest_pause, now - asked), now

    def _address(self, number: int) -> str:
        database = f"projects/{self.world.project}/databases/{quote('(default)')}"
        return f"{self.world.url('firestore')}/v1/{database}/documents/{COLLECTION}/{kennitala(number)}"


def _header_of(number: int) -> dict[str, str]:
    """A member who is logged in."""
    claims = {"sub": f"u{number}", "user_id": f"u{number}", "kennitala": kennitala(number)}
    return bearer(unsigned_token(claims))
