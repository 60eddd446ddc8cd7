"""Waits for what Google says is done and is not yet in force everywhere: until it works, and no longer."""

from __future__ import annotations

import time
from collections.abc import Callable

from infra.google_apis.session import GoogleApiError

Report = Callable[[str], None]
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 15.0


def wait_until_works(why_not: Callable[[], str | None], patience_seconds: float, report: Report) -> None:
    """Ask until there is no reason left. Raises GoogleApiError with the last reason after that time."""
    deadline = time.monotonic() + patience_seconds
    pause = FIRST_PAUSE_SECONDS
    while reason := why_not():
        if time.monotonic() + pause > deadline:
            raise GoogleApiError(
                f"not after {patience_seconds:.0f} s, and `pulumi up` goes on later: {reason}"
            )
        report(f"not yet: {reason}")
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
