"""Errors in the format of Google's APIs, which Google's clients can read."""

from __future__ import annotations

import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

log = logging.getLogger("refused")
STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    412: "FAILED_PRECONDITION",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""HTTP status → its name in google.rpc.Code."""


CODES = {
    "INVALID_ARGUMENT": 3,
    "DEADLINE_EXCEEDED": 4,
    "NOT_FOUND": 5,
    "ALREADY_EXISTS": 6,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "UNAUTHENTICATED": 16,
}
"""Name → number in google.rpc.Code, by which operations tell their errors."""


class GoogleError(Exception):
    """A request that Google would refuse: HTTP status, message and, if not the usual one, google.rpc.Code."""

    def __init__(
        self,
        status: int,
        message: str,
        name: str = "",
        *details: dict[str, Any],
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.name = name or STATUS_NAMES[status]
        self.details = list(details)
        self.retry_after = retry_after
        """After how many seconds the client may try again, if Google says so."""

    @property
    def headers(self) -> dict[str, str]:
        """The answer's headers beside the usual ones."""
        if self.status == 401:
            return {"WWW-Authenticate": "Bearer"}
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}

    def body(self) -> dict[str, Any]:
        """The answer's body (google.rpc.Status, in the form of Google's REST front ends)."""
        details = {"details": self.details} if self.details else {}
        error = {"code": self.status, "message": self.message, "status": self.name, **details}
        return {"error": error}


def already_exists(message: str) -> GoogleError:
    """409: another resource has this name."""
    return GoogleError(409, message, "ALREADY_EXISTS")


def not_found(what: str) -> GoogleError:
    """404: there is nothing of this name."""
    return GoogleError(404, f"Resource '{what}' was not found.")


def invalid(message: str) -> GoogleError:
    """400: the request is wrong."""
    return GoogleError(400, message)


def failed_precondition(message: str) -> GoogleError:
    """400: the request is right, but not in the present state of things."""
    return GoogleError(400, message, "FAILED_PRECONDITION")


async def google_error_response(request: Request, error: Exception) -> Response:
    """The answer to a refused request (google.rpc.Status in JSON), and a line in the log."""
    if not isinstance(error, GoogleError):
        raise error
    log.warning("%s %s: %d %s", request.method, request.url.path, error.status, error.message)
    return JSONResponse(error.body(), error.status, error.headers)
