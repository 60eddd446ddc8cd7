"""The health check: which settings there are, by name; never what they are.

Secrets are not among them: a function that the whole world may ask is given none.
"""

from __future__ import annotations

import os

from flask import Request, Response

from .answers import answer

CONFIGURED = (
    "GCP_PROJECT",
    "CORS_ALLOWED_ORIGINS",
    "DJANGO_API_BASE_URL",
    "KENNI_IS_ISSUER_URL",
    "KENNI_IS_CLIENT_ID",
    "KENNI_IS_REDIRECT_URI",
    "JWKS_CACHE_TTL_SECONDS",
)


def report(_request: Request) -> Response:
    """200 where everything is configured, else 503."""
    configured = {name: bool(os.environ.get(name)) for name in CONFIGURED}
    complete = all(configured.values())
    body = {"status": "ok" if complete else "incomplete", "configured": configured}
    return answer(body, 200 if complete else 503)
