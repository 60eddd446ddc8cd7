"""The headers that the front end passes on, and those that it sets itself, as Google's does."""

from __future__ import annotations

import secrets

import httpx
from starlette.requests import Request

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
HOP_BY_HOP = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers of one connection (RFC 9110, 7.6.1), and the length, which each side counts itself."""
SIGNATURE_REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"
TOKEN_HEADERS = ("x-serverless-authorization", "authorization")
"""Only the first that is there is checked, and loses its signature; the other is for the function."""
TRACE = "x-cloud-trace-context"


def forwarded_headers(request: Request, *, checked: bool) -> list[tuple[str, str]]:
    """The headers for the function. `checked`: the front end has checked the caller's ID token."""
    own = {"x-forwarded-for", "x-forwarded-proto"}
    of_token = next((name for name in TOKEN_HEADERS if name in request.headers), "")
    headers = [(name, value) for name, value in request.headers.items() if name not in HOP_BY_HOP | own]
    if checked:
        headers = [
            (name, _without_signature(value) if name == of_token else value) for name, value in headers
        ]
    if TRACE not in request.headers:
        headers.append((TRACE, f"{secrets.token_hex(16)}/{secrets.randbits(63)};o=0"))
    return [
        *headers,
        ("x-forwarded-for", _forwarded_for(request)),
        ("x-forwarded-proto", request.url.scheme),
    ]


def returned_headers(answer: httpx.Response) -> list[tuple[bytes, bytes]]:
    """The headers of the function's answer for the caller, in ASGI's form."""
    return [
        (name.lower(), value) for name, value in answer.headers.raw if name.lower().decode() not in HOP_BY_HOP
    ]


def _forwarded_for(request: Request) -> str:
    """The addresses that the caller claims, then its real one. Only the last entry can be trusted."""
    claimed = request.headers.getlist("x-forwarded-for")
    return ",".join([*claimed, request.client.host if request.client else "unknown"])


def _without_signature(value: str) -> str:
    """The token without its signature: the function can read it, but nobody can use it again."""
    head, dot, _ = value.rpartition(".")
    return f"{head}{dot}{SIGNATURE_REMOVED}" if dot else value
