"""Which answers the real provider asks for again, and how long it waits in between.

Its transport does so for every call, whatever the method, and does not look at `Retry-After`: see
`error_retry_predicates.go` and `retry_transport.go` of terraform-provider-google. A 403 is final, even while
a new API or a new grant is not yet in force.
"""

from __future__ import annotations

from collections.abc import Iterator

TRANSIENT = frozenset({429, 500, 502, 503})
PATIENCE_SECONDS = 90.0
FIRST_PAUSE_SECONDS = 0.5


def is_transient(status: int, body: str) -> bool:
    """Whether the same call may be answered better a little later."""
    return status in TRANSIENT or (status == 409 and "operationInProgress" in body)


def pauses() -> Iterator[float]:
    """The seconds before each further try, as long as there is patience: 0.5, 1, 1.5, 2.5, 4 …"""
    pause, following, waited = FIRST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS, 0.0
    while waited + pause <= PATIENCE_SECONDS:
        yield pause
        waited += pause
        pause, following = pause + following, pause
