"""A person's word that a letter goes out: whether it can, and its deliveries, in one transaction.

Who approves or confirms says by a digest what they were shown. If the letter or its audience is another by
now, nothing happens, and they are told so.
"""

import hashlib
import json

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from communication import audience, deliveries, person_fields
from communication.models import Email
from communication.texts import text

LETTER = ("subject", "body", "body_english", "kind", "reason", "audience_id")
"""The columns that say what a letter says, and why."""


class NotSendableError(Exception):
    """The letter cannot be sent; the message says why, in the language of the request."""


def why_not(letter, number):
    """Why a letter cannot be sent, in one line; empty if it can. `number`: of its recipients."""
    if not settings.MAIL:
        return text("not.server")
    if letter.sent_at:
        return text("not.again")
    fields = unknown_fields(letter)
    if fields:
        return text("not.fields", fields=in_braces(fields))
    if letter.is_required and not letter.reason:
        return text("not.reason")
    if letter.is_required and letter.approved_by is None:
        return text("not.approved")
    return "" if number else text("not.nobody")


def unknown_fields(letter):
    """The names in braces that are no fields."""
    written = [letter.subject, letter.body, letter.body_english or ""]
    return person_fields.unknown("\n".join(written))


def in_braces(names):
    """The names as they stand in the text."""
    return ", ".join("{" + name + "}" for name in names)


def digest(letter):
    """What a letter says and to whom, as a short text that is another after any change of it."""
    chosen = letter.audience
    told = {
        "letter": _columns(letter, LETTER),
        "recipients": sorted(letter.recipients.values_list("pk", flat=True)),
        "audience": _columns(chosen, [field.name for field in chosen._meta.fields]) if chosen else None,
        "unions": sorted(chosen.unions.values_list("pk", flat=True)) if chosen else None,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def approve(letter, user, seen):
    """A second person's word for a letter that members must get. `seen`: the digest of what they were shown.

    Raises NotSendableError for the author, and if it is another letter by now.
    """
    letter = _locked(letter)
    if letter.author_id == user.pk:
        raise NotSendableError(text("not.own"))
    if digest(letter) != seen:
        raise NotSendableError(text("not.seen"))
    Email.objects.filter(pk=letter.pk, sent_at=None).update(approved_by=user)


@transaction.atomic
def confirm(letter, number, seen=None):
    """Write a delivery for each recipient. `number`: how many the person was told and typed.

    `seen`: the digest of what the person was shown; None if a program confirms, which was shown nothing.
    Raises NotSendableError, and writes nothing, if it cannot be sent or if letter or number changed since.
    """
    letter = _locked(letter)
    members = list(audience.recipients(letter).order_by("pk").values_list("pk", flat=True))
    reason = why_not(letter, len(members))
    if not reason and seen not in (None, digest(letter)):
        reason = text("not.seen")
    if not reason and len(members) != number:
        reason = text("not.number", number=len(members))
    if reason:
        raise NotSendableError(reason)
    deliveries.create(letter, members)
    Email.objects.filter(pk=letter.pk).update(sent_at=timezone.now(), number=len(members))


def _locked(letter):
    """The letter as it is now; nobody changes it until the transaction ends."""
    return Email.objects.select_for_update().get(pk=letter.pk)


def _columns(row, names):
    return {name: str(getattr(row, name)) for name in names}
