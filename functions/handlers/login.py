"""Serves `handleKenniAuth`."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from flask import Request, Response
from flask_cors import cross_origin
from google.cloud import firestore

from auth.failures import FailedLogins
from auth.kenni import KenniClient
from auth.login import MAX_BODY_BYTES, Login
from auth.rate_limit import RateLimit
from members.deployed import rights
from runtime import clients, settings
from runtime.answers import AnswerError, answering
from runtime.settings import BrowserSettings, ConfigurationError, KenniSettings

PREFLIGHT_SECONDS = 3600


def handle_kenni_auth(request: Request) -> Response:
    """Answer a login; only the configured sites' pages can read the answer."""

    def view() -> Response:
        return answering(_answer, request, methods={"POST"}, max_body=MAX_BODY_BYTES)

    allow = cross_origin(
        origins=_origins(), methods=["POST"], allow_headers=["Content-Type"], max_age=PREFLIGHT_SECONDS
    )
    response: Response = allow(view)()
    return response


def _answer(request: Request) -> Response:
    _refuse_foreign_pages(request)
    return _login().handle(request)


def _refuse_foreign_pages(request: Request) -> None:
    """A page elsewhere makes its visitors' browsers send what needs no preflight; it must not even count."""
    origin = request.headers.get("Origin")
    if origin is not None and origin not in _origins():
        raise AnswerError(403, "FORBIDDEN_ORIGIN", "this site may not log anybody in")
    if request.mimetype != "application/json":
        raise AnswerError(415, "INVALID_INPUT", "send application/json")


def _origins() -> list[str]:
    try:
        return list(settings.load(BrowserSettings).cors_allowed_origins)
    except ConfigurationError:
        return []  # no site then; the answer itself says what is missing


@cache
def _login() -> Login:
    settings.check("handle_kenni_auth")
    kenni = settings.load(KenniSettings)
    limits = clients.firestore_client(kenni.login_limits_database)
    return Login(KenniClient(kenni), _failed(kenni, limits), rights())


def _failed(kenni: KenniSettings, client: firestore.Client) -> FailedLogins:
    def limit(kind: str, failures: int) -> RateLimit:
        key = kenni.kenni_is_client_secret.get_secret_value().encode()
        return RateLimit(client, key, kind, failures, timedelta(seconds=kenni.login_window_seconds))

    return FailedLogins(
        of_addresses=limit("address", kenni.login_failures_per_address),
        of_persons=limit("person", kenni.login_failures_per_person),
    )
