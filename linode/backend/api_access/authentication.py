"""Authenticates the callers of the API by their token (`Authorization: Token …`)."""

from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from api_access import tokens


class FunctionCaller:
    """A function of the cloud. It is nobody's account here, and has no rights but its token's."""

    is_authenticated = is_active = True
    is_anonymous = is_staff = is_superuser = False

    def __init__(self, name):
        self.pk = self.name = name

    def __str__(self):
        return self.name

    def get_username(self):
        """The function's name."""
        return self.name

    def has_perm(self, _permission, _instance=None):
        """Rights of Django's are for persons."""
        return False


class ScopedTokenAuthentication(TokenAuthentication):
    """By the digest; a person's token is as good as the person is at this moment."""

    def authenticate_credentials(self, key):
        """The caller and the token. Raises AuthenticationFailed."""
        token = tokens.find(key) if tokens.FORM.match(key) else None
        if token is None or not (token.owner is None or (token.owner.is_active and token.owner.is_staff)):
            raise AuthenticationFailed("Invalid token.")
        tokens.note_use(token)
        return token.owner or FunctionCaller(token.name), token
