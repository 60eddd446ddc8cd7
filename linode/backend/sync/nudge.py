"""Asks the cloud for a prompt sync after a change. It has no data; if it is lost, the sweep finds the rows.

A short-lived thread sends it, so no save waits for it or fails with it. A nudge that fails is logged.
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
    """Ask for a sync once the current transaction has committed; several requests become one."""
    if not settings.NUDGE or getattr(_local, "suppressed", False):
        return
    asked = [entry[1] for entry in transaction.get_connection(using).run_on_commit]
    if request_now not in asked:
        transaction.on_commit(request_now, using=using)


@contextmanager
def suppressed():
    """Ask for nothing in this block: the changes are the sync's own."""
    _local.suppressed = True
    try:
        yield
    finally:
        _local.suppressed = False


def request_now():
    """Send the nudge in a thread of its own; if one is at work already, it sends once more."""
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
    """Send one nudge; True if the cloud accepted it. Never raises: what went wrong is logged."""
    try:
        answer = post(settings.NUDGE["NUDGE_URL"], headers=bearer(_identity.token()), data=b"")
    except (requests.RequestException, OSError, ValueError, KeyError) as error:
        _identity.forget()
        log.warning("nudge failed (the sweep will find the change): %s", reason_of(error))
        return False
    log.info("nudge taken: HTTP %s", answer.status_code)
    return True


def reason_of(error):
    """The kind of the error and the answer's status, if any; bodies and addresses may hold tokens."""
    response = getattr(error, "response", None)
    status = "" if response is None else " (HTTP {})".format(response.status_code)
    return type(error).__name__ + status
