"""What can go wrong with a call. The class says whether another try can help."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import grpc
from google.api_core import exceptions as google_errors

Result = TypeVar("Result")


class SyncError(Exception):
    """A call that failed; the message says why and holds no personal data."""


class TransientError(SyncError):
    """The other side could not answer now; the same call may succeed later."""


class PermanentError(SyncError):
    """The same call would fail again; something must change first."""


class RefusedError(PermanentError):
    """The other side refuses the request, perhaps because of one member; a part of it may be accepted."""


class SetBackError(PermanentError):
    """A store was set back, so nothing is written until a person decides."""


class AccessError(TransientError):
    """The token or a key is wrong, or a role is missing. No member is at fault, so none is given up."""


def _codes(*statuses: grpc.StatusCode) -> frozenset[int]:
    return frozenset(status.value[0] for status in statuses)


OK_CODE: int = grpc.StatusCode.OK.value[0]
PERMANENT_WRITE_CODES = _codes(grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.OUT_OF_RANGE)
"""Statuses of a Firestore write that blame the document itself."""

OVERTAKEN_WRITE_CODES = _codes(
    grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.NOT_FOUND
)
"""Statuses of a Firestore write which mean that somebody else wrote first."""


def from_google(error: google_errors.GoogleAPICallError | google_errors.RetryError) -> SyncError:
    """The failure of a whole Firestore call. Its text is left out: it may quote a document's name."""
    if isinstance(error, google_errors.InvalidArgument | google_errors.OutOfRange):
        return RefusedError(f"Firestore refused the request: {type(error).__name__}")
    if isinstance(error, google_errors.PermissionDenied | google_errors.Unauthenticated):
        return AccessError(f"Firestore let us not in: {type(error).__name__}")
    return TransientError(f"Firestore did not answer: {type(error).__name__}")


def translated(call: Callable[[], Result]) -> Result:
    """The answer of a Firestore call. Raises SyncError if it fails."""
    try:
        return call()
    except (google_errors.GoogleAPICallError, google_errors.RetryError) as error:
        raise from_google(error) from error
