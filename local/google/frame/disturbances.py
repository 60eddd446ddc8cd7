"""Refuses some calls for a moment, as Google does under load or by its quotas: the client tries again."""

from __future__ import annotations

import threading
from collections import Counter

from local.google.frame.treatment import TOO_MANY, treatment_of
from local.services.google_errors import GoogleError
from local.world import World

RETRY_AFTER_SECONDS = 1
MESSAGES = {TOO_MANY: "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'."}
UNAVAILABLE = "The service is currently unavailable."


class Disturbances:
    """Those of one API in one world."""

    def __init__(self, world: World) -> None:
        self._treatment = treatment_of(world)
        self._calls: Counter[str] = Counter()
        self._counting = threading.Lock()

    def may_refuse(self, verb: str, path: str) -> None:
        """Raise GoogleError 429 or 503, with the seconds after which to try again, or let the call pass."""
        if not self._treatment.disturbed:
            return
        call = f"{verb} {path}"
        with self._counting:
            number = self._calls[call]
            self._calls[call] += 1
        if status := self._treatment.refusal(call, number):
            raise GoogleError(status, MESSAGES.get(status, UNAVAILABLE), retry_after=RETRY_AFTER_SECONDS)
