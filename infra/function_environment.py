"""The plain environment variables of the functions. No secret is among them."""

from __future__ import annotations

from infra.names import LOGIN_LIMITS_DATABASE
from infra.settings import Settings

JWKS_CACHE_TTL_SECONDS = 3600
"""How long a function trusts Kenni.is's public keys before it asks again."""


def project(settings: Settings) -> dict[str, str]:
    """For every function: the project that holds Firestore and the users."""
    return {"GCP_PROJECT": settings.project}


def browser(settings: Settings) -> dict[str, str]:
    """For a function that browsers call from another origin."""
    return {"CORS_ALLOWED_ORIGINS": ",".join(settings.cors_allowed_origins)}


def django(settings: Settings) -> dict[str, str]:
    """For a function that calls Django: the API's address with its URL prefix."""
    return {"DJANGO_API_BASE_URL": settings.linode.api_base_url}


def sync(settings: Settings) -> dict[str, str]:
    """For a function that runs the sync: how long it keeps its records."""
    return {"SYNC_KEPT_DAYS": str(settings.records_kept_days)}


def kenni(settings: Settings) -> dict[str, str]:
    """For the log-in: the client at Kenni.is, without its secret."""
    return {
        "KENNI_IS_ISSUER_URL": settings.kenni.issuer_url,
        "KENNI_IS_CLIENT_ID": settings.kenni.client_id,
        "KENNI_IS_REDIRECT_URI": settings.kenni.redirect_uri,
        "JWKS_CACHE_TTL_SECONDS": str(JWKS_CACHE_TTL_SECONDS),
    }


def login_limits() -> dict[str, str]:
    """For the log-in: the database in which it counts failures."""
    return {"LOGIN_LIMITS_DATABASE": LOGIN_LIMITS_DATABASE}
