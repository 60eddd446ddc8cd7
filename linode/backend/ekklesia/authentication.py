"""Authenticates the callers of the API by DRF's tokens."""

import re

from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

FORM = re.compile(r"\A[A-Za-z0-9_-]{1,40}\Z")


class StrictTokenAuthentication(TokenAuthentication):
    """Refuses at once what cannot be a token; PostgreSQL would fail on a NUL."""

    def authenticate_credentials(self, key):
        """The user and token of a key. Raises AuthenticationFailed."""
        if not FORM.match(key):
            raise AuthenticationFailed("Invalid token.")
        return super().authenticate_credentials(key)
