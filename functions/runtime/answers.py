"""Answers of plain HTTP functions: JSON that no cache keeps, and errors of one shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from flask import Request, Response, jsonify

from .logs import TRACE_HEADER, request_context
from .settings import ConfigurationError

Handler = Callable[[Request], Response]
log = structlog.get_logger(__name__)


class AnswerError(Exception):
    """An error that the caller gets as `{error, message, correlationId}`."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})


def answer(body: Any, status: int = 200) -> Response:
    """A JSON answer."""
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def check_size(request: Request, max_bytes: int) -> None:
    """Refuse a large body before it is parsed, and one that does not say how large it is. Raises AnswerError.

    (Flask's own limit cannot be used: functions-framework reads the rest of a body after the answer.)
    """
    if request.content_length is None and "Transfer-Encoding" in request.headers:
        raise AnswerError(411, "INVALID_INPUT", "send a Content-Length")
    if (request.content_length or 0) > max_bytes or len(request.get_data()) > max_bytes:
        raise AnswerError(413, "INVALID_INPUT", f"the body is larger than {max_bytes} bytes")


def answering(handler: Handler, request: Request, *, methods: set[str], max_body: int) -> Response:
    """Run a handler: whatever happens, the caller gets one clear answer with a correlation id."""
    with request_context(request.headers.get(TRACE_HEADER, "")) as correlation_id:
        try:
            if request.method not in methods:
                allow = ", ".join(sorted(methods))
                raise AnswerError(405, "METHOD_NOT_ALLOWED", f"use {allow}", {"Allow": allow})
            check_size(request, max_body)
            return handler(request)
        except AnswerError as error:
            log.warning("refused", code=error.code, status=error.status)
            return _error(error, correlation_id)
        except ConfigurationError as error:
            log.error("not configured", names=error.names)
            return _error(
                AnswerError(500, "CONFIG_MISSING", "the function is not configured"), correlation_id
            )
        except Exception:
            log.exception("unexpected error")
            return _error(AnswerError(500, "INTERNAL", "something went wrong on our side"), correlation_id)


def _error(error: AnswerError, correlation_id: str) -> Response:
    body = {"error": error.code, "message": str(error), "correlationId": correlation_id}
    response = answer(body, error.status)
    response.headers.update(error.headers)
    return response
