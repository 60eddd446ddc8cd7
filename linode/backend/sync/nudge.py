"""Asks the cloud for a prompt sync after a change. Carries no data; if it is lost, the sweep finds the rows.

It is sent by a short-lived thread, off the request: a nudge that fails is logged, and nobody's save fails
with it.
"""

import logging
import threading
from contextlib import contextmanager

import requests
from django.conf import settings
from django.db import transaction

from sync.nudge_identity import Identity, bearer, post

log = logging.getLogger(__name__)

_wanted = threading.Event()
_sending = threading.Lock()
_local = threading.local()
_identity = Identity()


def request_after_commit(using=None):
    """Ask for a sync once the current transaction has committed; many asks become one."""
    if not settings.NUDGE or getattr(_local, "suppressed", False):
        return
    asked = [entry[1] for entry in transaction.get_connection(using).run_on_commit]
    if request_now not in asked:
        transaction.on_commit(request_now, using=using)


@contextmanager
def suppressed():
    """No asking in this block: the changes are the sync's own."""
    _local.suppressed = True
    try:
        yield
    finally:
        _local.suppressed = False


def request_now():
    """Have the nudge sent by a thread of its own; where one is at work already, it goes round once more."""
    _wanted.set()
    try:
        threading.Thread(target=_send_while_wanted, name="nudge", daemon=True).start()
    except RuntimeError:
        log.exception("nudge: no thread could be started")


def _send_while_wanted():
    while _wanted.is_set():
        if not _sending.acquire(blocking=False):
            return
        try:
            _wanted.clear()
            send()
        finally:
            _sending.release()


def send():
    """Send one nudge; True where the cloud took it. Never raises: what went wrong is logged."""
    try:
        answer = post(settings.NUDGE["NUDGE_URL"], headers=bearer(_identity.token()), data=b"")
    except (requests.RequestException, OSError, ValueError, KeyError) as error:
        _identity.forget()
        log.warning("nudge failed (the sweep will find the change): %s", reason_of(error))
        return False
    log.info("nudge taken: HTTP %s", answer.status_code)
    return True


def reason_of(error):
    """The kind of the error and, of an answer, its status: bodies and addresses may hold tokens."""
    response = getattr(error, "response", None)
    status = "" if response is None else " (HTTP {})".format(response.status_code)
    return type(error).__name__ + status
