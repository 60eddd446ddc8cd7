"""An OpenID provider in this process: a transport for `requests` that signs what the test wants signed."""

from __future__ import annotations

import io
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import RSAKey
from requests.adapters import BaseAdapter

ISSUER = "https://kenni.example/association"
CLIENT_ID = "@association/portal"
NONCE = "a-nonce-of-enough-length"
VERIFIER = "v" * 43
CODE = "a-code"


class OidcProvider(BaseAdapter):
    """Answers discovery, keys and token; each may be replaced by the test."""

    def __init__(self) -> None:
        super().__init__()
        self.key = RSAKey.generate_key(2048, parameters={"kid": "key-1", "use": "sig", "alg": "RS256"})
        self.published = [self.key]
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.signing_key = self.key
        self.token_answer: tuple[int, Any] | None = None
        self.discovery: dict[str, Any] = {}
        self.raw_token: str | None = None
        self.asked: list[str] = []
        self.forms: list[dict[str, list[str]]] = []
        self.down = False
        self.codes = {CODE}

    def session(self) -> requests.Session:
        """A session whose every request comes here."""
        session = requests.Session()
        session.mount("https://", self)
        session.mount("http://", self)
        return session

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:  # type: ignore[override]
        """Answer one request."""
        path = urlsplit(str(request.url)).path
        self.asked.append(path)
        if self.down:
            raise requests.ConnectionError("no route")
        if path.endswith("/.well-known/openid-configuration"):
            return _response(request, 200, self._discovery())
        if path.endswith("/jwks"):
            return _response(request, 200, {"keys": [key.as_dict(private=False) for key in self.published]})
        self.forms.append(parse_qs(str(request.body)))
        return _response(request, *self._token())

    def close(self) -> None:
        """Nothing is open."""

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self.key = RSAKey.generate_key(2048, parameters={"kid": "key-2", "use": "sig", "alg": "RS256"})
        self.signing_key = self.key
        self.published = [self.key]

    def id_token(self) -> str:
        """The token as the test wants it."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "sub": "subject-of-this-client",
            "exp": now + 300,
            "iat": now,
            "nonce": NONCE,
            "national_id": "0101701234",
            "name": "Jón Jónsson",
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid} | self.header
        header = {name: value for name, value in header.items() if value is not None}
        return jwt.encode(header, claims, self.signing_key, algorithms=["RS256", "RS512"])

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "token_endpoint": f"{ISSUER}/oidc/token",
            "jwks_uri": f"{ISSUER}/oidc/jwks",
        } | self.discovery

    def _token(self) -> tuple[int, Any]:
        if self.token_answer is not None:
            return self.token_answer
        [code] = self.forms[-1]["code"]
        if code not in self.codes:
            return 400, {"error": "invalid_grant"}
        self.codes.discard(code)
        return 200, {"id_token": self.raw_token or self.id_token(), "access_token": "x"}


@dataclass
class Clock:
    """A clock that the test turns."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


def _response(request: requests.PreparedRequest, status: int, body: Any) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.url = str(request.url)
    response.request = request
    response.raw = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    return response
