"""Browsers in which a person has logged in with both factors count failures by themselves.

So whoever knows a name can close the log-in for other browsers, but not for the person's own
(https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
"""

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, get_random_string

from staff import attempts

SALT = "staff.known_browser"
KNOWN_SECONDS = 180 * 24 * 3600


def person_of(request, name):
    """Who tries, as failures are counted: a name, or that name in a browser that is known for it."""
    person = attempts.named(name)
    digest, _, browser = _noted(request).partition(".")
    if browser and constant_time_compare(digest, person.digest):
        return attempts.in_browser(person, browser)
    return person


def remember(response, user):
    """Make this browser known for its person; the response."""
    noted = "{}.{}".format(attempts.named(user.get_username()).digest, get_random_string(22))
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE,
        signing.dumps(noted, salt=SALT),
        max_age=KNOWN_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _noted(request):
    """What the browser brings, if we signed it and it is not too old; else nothing."""
    try:
        cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, "")
        return str(signing.loads(cookie, salt=SALT, max_age=KNOWN_SECONDS))
    except signing.BadSignature:
        return ""
