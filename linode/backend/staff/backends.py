"""Checks names and passwords. Every log-in of the site goes through here, and so do its limits."""

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied

from staff import attempts, known_browser


class LimitedBackend(ModelBackend):
    """Django's own check, for as many wrong passwords as the limits allow."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        """The user, or None.

        Raises PermissionDenied, with `request.too_many_failures` set, while the limit is reached: then even
        the right password is not looked at.
        """
        if username is None or password is None:
            return None
        try:
            attempt = attempts.begin(
                known_browser.person_of(request, username), request.META.get("REMOTE_ADDR", "")
            )
        except attempts.TooManyFailures as failures:
            request.too_many_failures = failures
            raise PermissionDenied
        user = super().authenticate(request, username=username, password=password, **kwargs)
        if user is not None:
            attempts.succeed(attempt)
        return user
