"""Authenticates the callers of the API by their token (`Authorization: Token …`)."""

from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.throttling import SimpleRateThrottle

from api_access import tokens
from api_access.networks import network_of


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


class UnknownCallers(SimpleRateThrottle):
    """How often an address may call without a valid token; each worker counts for itself.

    rest_framework asks its throttles only after it has let a caller in, so it would ask none of them here.
    """

    scope = "anon"

    def get_cache_key(self, request, view):
        """By the network from which the call comes."""
        address = network_of(request.META.get("REMOTE_ADDR", ""))
        return self.cache_format % {"scope": self.scope, "ident": address}

    def count(self, request):
        """Count a call. Raises Throttled."""
        if not self.allow_request(request, None):
            raise Throttled(self.wait())


class ScopedTokenAuthentication(TokenAuthentication):
    """By the digest; a person's token is as good as the person is at this moment."""

    def authenticate(self, request):
        """The caller and the token, or None. Raises AuthenticationFailed, or Throttled after too many."""
        try:
            found = super().authenticate(request)
        except AuthenticationFailed:
            UnknownCallers().count(request)
            raise
        if found is None:
            UnknownCallers().count(request)
        return found

    def authenticate_credentials(self, key):
        """The caller and the token. Raises AuthenticationFailed."""
        token = tokens.find(key) if tokens.FORM.match(key) else None
        if token is None or not (token.owner is None or (token.owner.is_active and token.owner.is_staff)):
            raise AuthenticationFailed("Invalid token.")
        tokens.note_use(token)
        return token.owner or FunctionCaller(token.name), token
