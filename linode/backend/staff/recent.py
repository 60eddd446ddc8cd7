"""Before rights are given: whoever asks has shown their password and a code a short while ago.

A session that was left open, or a stolen cookie, is not enough to make somebody a superuser or to take away
somebody's second factor. Looking at accounts needs nothing more than the session.
"""

import time
from functools import wraps

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from staff.texts import text

CONFIRMED, DESTINATION = "staff_confirmed", "staff_confirm_next"
TO_OPEN, TO_SEND = 5 * 60, 15 * 60
"""Seconds. A page that opens can be filled in for ten minutes at least, so nothing typed is lost."""
LOOKS = ("_changelist", "_history", "_autocomplete")
"""Pages that change nothing, as long as nothing is sent to them."""


def note(request):
    """Both factors were right just now."""
    request.session[CONFIRMED] = int(time.time())


def destination(request):
    """Where the person wanted to go when they were asked."""
    return request.session.pop(DESTINATION, None) or reverse("admin:index")


class AsksAgain:
    """Mixed into a ModelAdmin: each of its pages that changes something asks for both factors again."""

    def get_urls(self):
        """Django's, each behind the question."""
        urls = super().get_urls()
        for url in urls:
            url.callback = asking(url.callback, looks=(url.name or "").endswith(LOOKS))
        return urls


def asking(view, looks=False):
    """The view behind the question; with `looks`, only what is sent to it."""

    @wraps(view)
    def answer(request, *arguments, **keywords):
        # Nobody else gets in there; the page itself says so.
        gives_rights = request.user.is_active and request.user.is_superuser
        if not gives_rights or (looks and request.method in ("GET", "HEAD")) or _is_recent(request):
            return view(request, *arguments, **keywords)
        if request.method == "POST":
            messages.warning(request, text("confirm.again"))
        request.session[DESTINATION] = request.get_full_path()
        return redirect("admin:second_factor_confirm")

    return answer


def _is_recent(request):
    age = time.time() - request.session.get(CONFIRMED, 0)
    return age < (TO_SEND if request.method == "POST" else TO_OPEN)
