"""Who has given the right password and owes the second factor: no user yet, for ten minutes."""

import time

from django.contrib.auth import get_user_model
from django.utils.crypto import constant_time_compare

KEY = "staff_pending"
SECONDS = 600


def begin(request, user, destination):
    """Note in the session who it is and where they want to go; it stays an anonymous one."""
    request.session.flush()
    request.session[KEY] = {
        "user": user.pk,
        "backend": user.backend,
        "password": user.get_session_auth_hash(),
        "at": int(time.time()),
        "next": destination,
    }


def of(request):
    """The user who is half logged in; None if there is none, the time is over, or they no longer may."""
    noted = request.session.get(KEY)
    if not noted or time.time() - noted["at"] >= SECONDS:
        return None
    user = get_user_model().objects.filter(pk=noted["user"], is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), noted["password"]):
        return None
    user.backend = noted["backend"]
    return user


def end(request):
    """Forget it; where the person wants to go."""
    return request.session.pop(KEY)["next"]
