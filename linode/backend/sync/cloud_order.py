"""Orders a run of the cloud's half of the sync and waits for its result, with the identity of the nudge."""

import requests
from django.conf import settings

from sync.nudge import reason_of
from sync.nudge_identity import Identity, bearer

TIMEOUT = (3.05, 560)
"""Seconds to connect and to wait; the cloud ends a run after 540."""
OK, SERVICE_UNAVAILABLE = 200, 503
FAILED = "failed"


class OrderError(Exception):
    """The order led to no complete run; says why in one line, without personal data."""


def order(body):
    """What the run did, as `bidirectional_sync` answers. Raises OrderError, also if the run ended early."""
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
