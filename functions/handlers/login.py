"""Serves `handleKenniAuth`."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from flask import Request, Response
from flask_cors import cross_origin

from auth.kenni import KenniClient
from auth.login import MAX_BODY_BYTES, Login
from auth.rate_limit import RateLimit
from members.membership import Register
from runtime import clients, settings
from runtime.answers import answering
from runtime.settings import BrowserSettings, ConfigurationError, KenniSettings

PREFLIGHT_SECONDS = 3600


def handle_kenni_auth(request: Request) -> Response:
    """Answer a login; only the configured sites' pages can read the answer."""

    def view() -> Response:
        return answering(
            lambda checked: _login().handle(checked), request, methods={"POST"}, max_body=MAX_BODY_BYTES
        )

    allow = cross_origin(
        origins=_origins(), methods=["POST"], allow_headers=["Content-Type"], max_age=PREFLIGHT_SECONDS
    )
    response: Response = allow(view)()
    return response


def _origins() -> list[str]:
    try:
        return list(settings.load(BrowserSettings).cors_allowed_origins)
    except ConfigurationError:
        return []  # no site then; the answer itself tells what is missing


@cache
def _login() -> Login:
    settings.check("handle_kenni_auth")
    kenni = settings.load(KenniSettings)
    client = clients.firestore_client()
    limit = RateLimit(
        client,
        key=kenni.kenni_is_client_secret.get_secret_value().encode(),
        attempts=kenni.login_attempts,
        window=timedelta(seconds=kenni.login_window_seconds),
    )
    return Login(KenniClient(kenni), limit, Register(client, clients.firebase_app()))
