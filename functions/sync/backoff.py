"""How long to wait before another try: a random time (full jitter), so that callers return one by one.

See "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import tenacity
from google.api_core.retry import Retry, if_exception_type

from .failures import TransientError

Result = TypeVar("Result")

NO_RETRY = Retry(predicate=if_exception_type())
"""For queries through the Firestore library. Without it, or with None, the library (2.34.1) raises an
AttributeError of its own when a stream breaks off, and that looks like a permanent failure."""
_random = random.SystemRandom()


class PatienceError(TransientError):
    """The other side asks to wait so many seconds (HTTP's Retry-After)."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True)
class Backoff:
    """Attempts and waits, in seconds."""

    attempts: int = 4
    first: float = 0.25
    longest: float = 8.0
    sleep: Callable[[float], None] = time.sleep

    def call(self, function: Callable[[], Result]) -> Result:
        """Call until it succeeds; raise the last TransientError after `attempts`, anything else at once."""
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TransientError),
            stop=tenacity.stop_after_attempt(self.attempts),
            wait=self._wait,
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(function)

    def pause(self, retry: int) -> None:
        """Wait before the first, second, … retry."""
        self.sleep(self._jitter(retry))

    def _jitter(self, retry: int) -> float:
        ceiling = min(self.longest, self.first * 2 ** (retry - 1))
        return _random.uniform(0, ceiling)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, PatienceError):
            return min(error.seconds, self.longest)
        return self._jitter(state.attempt_number)
