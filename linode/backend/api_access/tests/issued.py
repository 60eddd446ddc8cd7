"""Tokens for tests."""

import secrets

from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from api_access.models import ApiToken
from api_access.routes import PERSONS_SCOPES
from api_access.tokens import digest_of


def issue(name, **values):
    """A new token, in plain text."""
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(name=name, digest=digest_of(token), **values)
    return token


def caller(token=None):
    """A client that carries a token."""
    client = APIClient()
    if token is not None:
        client.credentials(HTTP_AUTHORIZATION="Token " + token)
    return client


def staff(username="gudrun", **values):
    """A superuser, unless the values say otherwise."""
    return get_user_model().objects.create_user(
        username, **dict({"is_staff": True, "is_superuser": True}, **values)
    )


def issue_to(owner, scopes=PERSONS_SCOPES, **values):
    """A new token of a person's."""
    return issue("script", owner=owner, scopes=" ".join(scopes), **values)
