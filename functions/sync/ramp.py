"""Firestore's "500/50/5" rule for a first copy: begin with 500 writes a second, and add half as many again
every five minutes, so that Firestore can split the load
(https://firebase.google.com/docs/firestore/best-practices).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

GROWTH = 1.5
PERIOD = 300.0
"""Seconds between two steps."""


class Ramp:
    """Admits writes at a rate that grows; shared by all threads of a run."""

    def __init__(
        self,
        first_rate: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Begin at `first_rate` writes a second."""
        self._first_rate = first_rate
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._start = clock()
        self._free_at = self._start

    @classmethod
    def off(cls) -> Ramp:
        """Admit everything at once."""
        return cls(math.inf)

    def admit(self, writes: int) -> None:
        """Wait until so many more writes may be sent."""
        with self._lock:
            now = self._clock()
            begin = max(now, self._free_at)
            self._free_at = begin + writes / self._rate(begin)
        if begin > now:
            self._sleep(begin - now)

    def _rate(self, moment: float) -> float:
        steps = int((moment - self._start) // PERIOD)
        return self._first_rate * math.pow(GROWTH, steps)
