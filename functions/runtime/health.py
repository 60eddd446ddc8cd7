"""The health check: the names of the settings and whether each is set; never the values.

Secrets are left out: a function that only looks at settings is given none.
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
    """200 if everything is configured, else 503."""
    configured = {name: bool(os.environ.get(name)) for name in CONFIGURED}
    complete = all(configured.values())
    body = {"status": "ok" if complete else "incomplete", "configured": configured}
    return answer(body, 200 if complete else 503)
