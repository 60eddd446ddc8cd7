"""Kenni.is, the OpenID provider of Iceland's electronic ID.

Authorisation code with PKCE, as a confidential client; the end points are discovered from the issuer. https://developers.kenni.is/docs
"""

from __future__ import annotations

import threading
import time
from typing import Any

import requests
from pydantic import BaseModel, ValidationError

from runtime.bounded_json import UnreadableAnswerError, read_json
from runtime.settings import KenniSettings

from .id_token import Identity, IdTokenVerifier
from .jwks import KeyCache

DISCOVERY = "/.well-known/openid-configuration"
TIMEOUT_SECONDS = (3.0, 10.0)
"""To connect, and between two parts of the answer."""
MAX_ANSWER_BYTES = 256 * 1024
REFUSED = 400
"""How a token end point refuses a code (RFC 6749, section 5.2); 401 would mean that it refuses us."""


class KenniError(Exception):
    """Kenni.is did not answer as expected; the message says how, without quoting the answer."""


class UnexpectedStatusError(KenniError):
    """Kenni.is answered with another status than 200."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class RefusedCodeError(KenniError):
    """Kenni.is refused the code: it was never given, was used before, or is another browser's."""


class Endpoints(BaseModel):
    """The part of the discovery document that is used."""

    issuer: str
    token_endpoint: str
    jwks_uri: str


class KenniClient:
    """Exchanges codes for identities; shared by threads."""

    def __init__(self, settings: KenniSettings, session: requests.Session | None = None) -> None:
        self._settings = settings
        self._session = session or requests.Session()
        self._lock = threading.Lock()
        self._endpoints: Endpoints | None = None
        self._discovered_at = 0.0
        keys = KeyCache(self._fetch_keys, settings.jwks_cache_ttl_seconds)
        self._verifier = IdTokenVerifier(settings.issuer, settings.kenni_is_client_id, keys)

    def identify(self, code: str, code_verifier: str, nonce: str) -> Identity:
        """Exchange a code and check what comes back. Raises KenniError or InvalidIdTokenError."""
        answer = self._exchange(self._form(code, code_verifier))
        token = answer.get("id_token") if isinstance(answer, dict) else None
        if not isinstance(token, str):
            raise KenniError("the answer holds no ID token")
        return self._verifier.verify(token, nonce)

    def _exchange(self, form: dict[str, str]) -> Any:
        try:
            return self._ask("POST", self._discover().token_endpoint, form)
        except UnexpectedStatusError as error:
            if error.status == REFUSED:
                raise RefusedCodeError(str(error)) from error
            raise

    def _form(self, code: str, code_verifier: str) -> dict[str, str]:
        return {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": code_verifier,
            "redirect_uri": str(self._settings.kenni_is_redirect_uri),
            "client_id": self._settings.kenni_is_client_id,
            "client_secret": self._settings.kenni_is_client_secret.get_secret_value(),
        }

    def _discover(self) -> Endpoints:
        with self._lock:
            age = time.monotonic() - self._discovered_at
            if self._endpoints is None or age >= self._settings.jwks_cache_ttl_seconds:
                self._endpoints = self._checked(self._ask("GET", self._settings.issuer + DISCOVERY))
                self._discovered_at = time.monotonic()
            return self._endpoints

    def _checked(self, document: Any) -> Endpoints:
        try:
            endpoints = Endpoints.model_validate(document)
        except ValidationError as error:
            raise KenniError("the discovery document is not complete") from error
        if endpoints.issuer.rstrip("/") != self._settings.issuer:
            raise KenniError("the discovery document is another issuer's")
        scheme = self._settings.issuer.partition("://")[0]
        if not all(url.startswith(f"{scheme}://") for url in (endpoints.token_endpoint, endpoints.jwks_uri)):
            raise KenniError("the discovery document names an end point of another scheme")
        return endpoints

    def _fetch_keys(self) -> Any:
        return self._ask("GET", self._discover().jwks_uri)

    def _ask(self, method: str, url: str, form: dict[str, str] | None = None) -> Any:
        try:
            with self._session.request(
                method, url, data=form, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
            ) as response:
                if response.status_code != 200:
                    raise UnexpectedStatusError(response.status_code)
                return read_json(response, MAX_ANSWER_BYTES)
        except requests.RequestException as error:
            raise KenniError(f"no answer: {type(error).__name__}") from error
        except UnreadableAnswerError as error:
            raise KenniError(f"an answer that is {error}") from error
