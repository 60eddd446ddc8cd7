"""How fast letters go out: the most in a minute and in a day that the provider allows."""

import threading
import time
from datetime import timedelta

from django.utils import timezone

from communication import deliveries

DAY = timedelta(days=1)


class Pace:
    """Shared by the threads that send: each asks before it hands a letter over."""

    def __init__(self, per_minute):
        self._seconds = 60.0 / per_minute if per_minute else 0.0
        self._next = 0.0
        self._turn = threading.Lock()

    def wait(self, stopping):
        """Wait for one's turn, or until `stopping` is set."""
        with self._turn:
            now = time.monotonic()
            moment = max(self._next, now)
            self._next = moment + self._seconds
        stopping.wait(moment - now)


def left_today(per_day):
    """How many may still be sent in these 24 hours; None if there is no limit."""
    if not per_day:
        return None
    return max(per_day - deliveries.tried_since(timezone.now() - DAY), 0)
