"""The form of a token, its digest, and what becomes of it: added, used, ended.

A token is long and random, so one round of SHA-256 keeps it as safe as the slow hash of a password would
(docs/adr/0040).
"""

import hashlib
import re
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from api_access.models import ApiToken
from api_access.routes import FUNCTIONS

FORM = re.compile(r"\A[A-Za-z0-9_-]{24,128}\Z")
DIGEST = re.compile(r"\A[0-9a-f]{64}\Z")
USE_SECONDS = 60
"""`last_used` is at most so far behind, so that not every call writes."""


def digest_of(token):
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(token):
    """The valid token that this is, with its owner; None if there is none."""
    return ApiToken.objects.valid().select_related("owner").filter(digest=digest_of(token)).first()


def note_use(token):
    """Remember that a token is in use."""
    now = timezone.now()
    if token.last_used is None or (now - token.last_used).total_seconds() > USE_SECONDS:
        ApiToken.objects.filter(pk=token.pk).update(last_used=now)


@transaction.atomic
def accept(digests, others_end_in=None):
    """Take the functions' present tokens (function → digest) beside those that are there.

    `others_end_in`: the minutes after which every other token of a function ends. Returns what changed, in
    words. A token that was revoked stays revoked.
    """
    told = []
    for name, digest in sorted(digests.items()):
        _, created = ApiToken.objects.get_or_create(digest=digest, defaults={"name": name})
        if created:
            told.append("{} has a new token".format(name))
    # One that was about to end may be declared again.
    ApiToken.objects.filter(owner__isnull=True, digest__in=digests.values()).update(expires=None)
    if others_end_in is not None and set(digests) >= set(FUNCTIONS):
        others = ApiToken.objects.valid().filter(owner__isnull=True).exclude(digest__in=digests.values())
        end = timezone.now() + timedelta(minutes=others_end_in)
        ended = others.filter(Q(expires__isnull=True) | Q(expires__gt=end)).update(expires=end)
        if ended:
            told.append("{} old tokens end in {} minutes".format(ended, others_end_in))
    return told
