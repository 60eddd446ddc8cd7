"""A person's word that a letter goes out: whether it can, and its deliveries, in one transaction."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from communication import audience, deliveries, person_fields
from communication.models import Email
from communication.texts import text


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


def approve(letter, user):
    """A second person's word for a letter that members must get. Raises NotSendableError for the author."""
    if letter.author_id == user.pk:
        raise NotSendableError(text("not.own"))
    Email.objects.filter(pk=letter.pk, sent_at=None).update(approved_by=user)


@transaction.atomic
def confirm(letter, number):
    """Write a delivery for each recipient. `number`: how many the person was told and typed.

    Raises NotSendableError, and writes nothing, if it cannot be sent or if the number is another by now.
    """
    letter = Email.objects.select_for_update().get(pk=letter.pk)
    members = list(audience.recipients(letter).order_by("pk").values_list("pk", flat=True))
    reason = why_not(letter, len(members))
    if not reason and len(members) != number:
        reason = text("not.number", number=len(members))
    if reason:
        raise NotSendableError(reason)
    deliveries.create(letter, members)
    Email.objects.filter(pk=letter.pk).update(sent_at=timezone.now(), number=len(members))
