"""Counts failed log-ins, so that nobody can guess: few for one person, far more from one address.

A try is counted before it is checked, and taken back if it was right. So a hundred tries at the same moment
are a hundred tries, and a refused one costs a query and no hashing. The counts are in the database, where all
workers see them.
"""

import math
import unicodedata
from collections import namedtuple
from datetime import timedelta

from api_access.networks import network_of
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from staff.models import FailedLogin

Limit = namedtuple("Limit", "most seconds")
"""So many failures within so many seconds."""
Person = namedtuple("Person", "digest limits")
"""Who tries: a digest of the name or user, and the limits that hold."""
KEPT = timedelta(days=1)
"""As long as the longest limit."""


class TooManyFailures(Exception):  # noqa: N818 (what happened, not what is wrong)
    """The limit is reached; `seconds` until the next try is possible."""

    def __init__(self, seconds):
        super().__init__("too many failures; try again in {} s".format(seconds))
        self.seconds = seconds


def begin(person, address):
    """Count a try of a person (`named()` or `with_code()`) from an address.

    Raises TooManyFailures: then it must not be checked.
    """
    _check(person, address)
    now = timezone.now()
    attempt = FailedLogin.objects.create(person=person.digest, address=network_of(address), made_at=now)
    try:
        _check(person, address, running=1)
    except TooManyFailures:
        attempt.delete()
        raise
    FailedLogin.objects.filter(made_at__lt=now - KEPT).delete()
    return attempt


def succeed(attempt):
    """The try was right: neither it nor the person's earlier ones count."""
    FailedLogin.objects.filter(person=attempt.person).delete()


def forget_person(person):
    """Let a person try again at once; how many failures they had."""
    return FailedLogin.objects.filter(person=person.digest).delete()[0]


def forget_user(user):
    """The same for passwords and codes of a user."""
    return forget_person(named(user.get_username())) + forget_person(with_code(user))


def forget_address(address):
    """Let an address try again at once; how many failures it had."""
    return FailedLogin.objects.filter(address=network_of(address)).delete()[0]


def named(name):
    """The person by the name that was typed, whether there is such a user or not."""
    typed = unicodedata.normalize("NFKC", name).strip().casefold()
    return Person(_digest("name", typed), settings.LOGIN_FAILURES_OF_PERSON)


def in_browser(person, browser):
    """The person by name, in one browser that is known for it (`known_browser.py`)."""
    return person._replace(digest=_digest("browser", person.digest + browser))


def with_code(user):
    """The same person at the second step, whose password was right: codes are counted by themselves."""
    return Person(_digest("code", str(user.pk)), settings.CODE_FAILURES_OF_PERSON)


def _digest(kind, text):
    return salted_hmac("staff.attempts." + kind, text).hexdigest()


def _check(person, address, running=0):
    for limit in person.limits:
        _check_one({"person": person.digest}, Limit(*limit), running)
    if network_of(address):
        for limit in settings.LOGIN_FAILURES_OF_ADDRESS:
            _check_one({"address": network_of(address)}, Limit(*limit), running)


def _check_one(whose, limit, running):
    """Raise TooManyFailures if the window is full without the tries that are running here."""
    now = timezone.now()
    window = timedelta(seconds=limit.seconds)
    recent = FailedLogin.objects.filter(made_at__gt=now - window, **whose).order_by("-made_at")
    times = list(recent.values_list("made_at", flat=True)[: limit.most + running])
    if len(times) == limit.most + running:
        raise TooManyFailures(max(1, math.ceil((times[-1] + window - now).total_seconds())))
