"""Orders a run of the cloud's half of the sync, as whom the host nudges, and waits for what it tells."""

import requests
from django.conf import settings

from sync.nudge import reason_of
from sync.nudge_identity import Identity, bearer

TIMEOUT = (3.05, 560)
"""Seconds to connect and to wait; the cloud ends a run after 540."""
OK, SERVICE_UNAVAILABLE = 200, 503
FAILED = "failed"


class OrderError(Exception):
    """No run came of it; says why in one line, without anything personal."""


def order(body):
    """What a run did, as `bidirectional_sync` tells it. Raises OrderError, also where it ended early."""
    if not settings.NUDGE:
        raise OrderError("this host cannot call the cloud: NUDGE_URL and its like are not set")
    try:
        answer = _ask(body)
        result = answer.json()
    except (requests.RequestException, OSError, ValueError, KeyError) as error:
        raise OrderError("the cloud did not answer: {}".format(reason_of(error)))
    if answer.status_code not in (OK, SERVICE_UNAVAILABLE) or "status" not in result:
        raise OrderError("the cloud refused the order: HTTP {}".format(answer.status_code))
    if result["status"] == FAILED:
        raise OrderError("the run ended early: {}".format(result.get("error")))
    return result


def _ask(body):
    return requests.post(
        settings.NUDGE["NUDGE_URL"],
        headers=bearer(Identity().token()),
        json=body,
        timeout=TIMEOUT,
        allow_redirects=False,
    )
