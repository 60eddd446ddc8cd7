"""When a session ends: unused for a while, after a working day, or as soon as its person's rights change."""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import Permission
from django.utils.crypto import constant_time_compare, salted_hmac

from staff import second_factor
from staff.texts import text

STARTED, SEEN, RIGHTS = "staff_started", "staff_seen", "staff_rights"
NOTED_EVERY = 60
"""Seconds; each page would write the session otherwise."""


def begin(sender, request, user, **_):
    """Note when the session began and with which rights. Receives `user_logged_in`."""
    now = int(time.time())
    request.session.update({STARTED: now, SEEN: now, RIGHTS: rights_of(user)})


def renew_rights(request):
    """Go on in this session after its own person changed their second factor; all their others end."""
    request.session[RIGHTS] = rights_of(request.user)


def guard(get_response):
    """Middleware: ends what must end, before any page sees the user."""

    def middleware(request):
        if request.user.is_authenticated:
            reason = why_it_ends(request.session, request.user, int(time.time()))
            if reason:
                logout(request)
                messages.info(request, text(reason))
        elif SESSION_KEY in request.session:
            # Deactivated or removed; an account that is activated again starts with no session.
            logout(request)
        return get_response(request)

    return middleware


def why_it_ends(session, user, now):
    """The key of the text that says why the session is over; None while it goes on, which is noted."""
    seen = session.get(SEEN, 0)
    if now - session.get(STARTED, 0) >= settings.SESSION_COOKIE_AGE:
        return "session.over"
    if now - seen >= settings.SESSION_IDLE_SECONDS:
        return "session.idle"
    if not constant_time_compare(session.get(RIGHTS, ""), rights_of(user)):
        return "session.rights"
    if second_factor.is_missing(user):
        return "session.second_factor"
    if now - seen >= NOTED_EVERY:
        session[SEEN] = now
    return None


def rights_of(user):
    """A digest of all that decides what a person may do, as it is now; the password has Django's own."""
    own = user.user_permissions.order_by("pk").values_list("pk", flat=True)
    groups = user.groups.order_by("pk").values_list("pk", flat=True)
    of_groups = Permission.objects.filter(group__user=user).order_by("pk").values_list("pk", flat=True)
    rights = [user.pk, user.is_active, user.is_staff, user.is_superuser]
    rights += [list(own), list(groups), list(of_groups), second_factor.generation(user)]
    return salted_hmac("staff.sessions", repr(rights)).hexdigest()
