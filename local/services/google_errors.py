"""Errors in the format of Google's APIs, which Google's clients can read."""

from __future__ import annotations

import logging

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
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""HTTP status → its name in google.rpc.Code."""


class GoogleError(Exception):
    """A request that Google would refuse: HTTP status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


async def google_error_response(request: Request, error: Exception) -> Response:
    """The answer to a refused request (google.rpc.Status in JSON), and a line in the log."""
    if not isinstance(error, GoogleError):
        raise error
    log.warning("%s %s: %d %s", request.method, request.url.path, error.status, error.message)
    body = {"code": error.status, "message": error.message, "status": STATUS_NAMES[error.status]}
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return JSONResponse({"error": body}, error.status, headers)
