"""Firebase's callable functions: the browser's SDK sends the caller's ID token and `{"data": …}`.

`firebase_functions.https_fn.on_call` speaks the protocol; this module adds a size limit and clear refusals.
https://firebase.google.com/docs/functions/callable-reference
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import structlog
from firebase_functions.https_fn import CallableRequest, FunctionsErrorCode, HttpsError, on_call
from firebase_functions.options import CorsOptions
from flask import Request, Response

from . import clients
from .answers import AnswerError, answer, check_size
from .caller import CallableError, Caller, Handler
from .logs import TRACE_HEADER, request_context
from .settings import BrowserSettings, ConfigurationError, load

MAX_BODY_BYTES = 64 * 1024

log = structlog.get_logger(__name__)


def serve(handler: Handler, request: Request) -> Response:
    """Answer one call of a callable function whose caller must be logged in."""
    with request_context(request.headers.get(TRACE_HEADER, "")) as correlation_id:
        if request.method == "POST" and (refusal := _unreadable(request)):
            return answer({"error": {"status": "INVALID_ARGUMENT", "message": refusal}}, 400)
        try:
            origins = list(load(BrowserSettings).cors_allowed_origins)
            clients.firebase_app()
        except ConfigurationError as error:
            log.error("not configured", names=error.names)
            return answer({"error": {"status": "INTERNAL", "message": "CONFIG_MISSING"}}, 500)
        cors = CorsOptions(cors_origins=origins, cors_methods=["POST"])
        # The library's types describe the handler, but the function that it returns takes the request.
        respond = cast(Callable[[Request], Response], on_call(cors=cors)(_guarded(handler, correlation_id)))
        response = respond(request)
        response.headers["Cache-Control"] = "no-store"
        return response


def _unreadable(request: Request) -> str | None:
    """Why the library should not even see this body; it would answer with an internal error."""
    try:
        check_size(request, MAX_BODY_BYTES)
        body = json.loads(request.get_data())
    except AnswerError as error:
        return str(error)
    except (ValueError, RecursionError):
        return "the body is not JSON"
    return None if isinstance(body, dict) else "the body is not an object"


def _guarded(handler: Handler, correlation_id: str) -> Callable[[CallableRequest[Any]], Any]:
    def call(request: CallableRequest[Any]) -> Any:
        details = {"correlationId": correlation_id}
        try:
            return dict(handler(_caller(request), request.data))
        except CallableError as error:
            log.warning("refused", code=error.code.value)
            raise HttpsError(error.code, str(error), details) from error
        except Exception as error:
            log.exception("unexpected error")
            raise HttpsError(
                FunctionsErrorCode.INTERNAL, "something went wrong on our side", details
            ) from error

    return call


def _caller(request: CallableRequest[Any]) -> Caller:
    if request.auth is None or not request.auth.uid:
        raise CallableError(FunctionsErrorCode.UNAUTHENTICATED, "log in first")
    token = request.auth.token or {}
    roles, logged_in_at = token.get("roles"), token.get("auth_time")
    return Caller(
        uid=request.auth.uid,
        kennitala=str(token.get("kennitala") or ""),
        roles=frozenset(map(str, roles)) if isinstance(roles, list) else frozenset(),
        logged_in_at=logged_in_at if isinstance(logged_in_at, int) else 0,
    )
