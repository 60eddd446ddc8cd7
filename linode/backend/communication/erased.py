"""Takes an erased person out of letters: those to them alone go blank, and others lose what names them."""

from django.db.models import Count, Q
from membership.models import Comrade

from communication.models import Email

ERASED = "(erased)"
COLUMNS = ["subject", "body", "body_english", "reason"]
"""What staff write of a letter."""


def blank_letters(sender, kennitala, texts, **_):
    """Receiver of `membership.erased.forgetting`: empties letters, and cuts the texts out of all others.

    A letter that was sent to nobody who is a member now goes blank, too, unless it went to an audience of
    several. A text that another member shares stays: it names them.
    """
    for keys in (_to_them_alone(kennitala), _to_nobody_now()):
        Email.objects.filter(pk__in=keys).update(subject=ERASED, body="", body_english=None, reason=None)
    for text in [text for text in texts if not _names_another(kennitala, text)]:
        named = Q()
        for column in COLUMNS:
            named |= Q(**{column + "__contains": text})
        for letter in Email.objects.filter(named):
            for column in COLUMNS:
                written = getattr(letter, column)
                if written:
                    longest = Email._meta.get_field(column).max_length
                    setattr(letter, column, written.replace(text, ERASED)[:longest])
            letter.save(update_fields=COLUMNS)


def _to_them_alone(kennitala):
    """Letters that name one member as recipient, or went to one, who is this one."""
    named = _with_one("recipients").filter(audience=None, recipients__ssn=kennitala)
    sent = _with_one("deliveries").filter(deliveries__comrade__ssn=kennitala)
    return list(named.values_list("pk", flat=True)) + list(sent.values_list("pk", flat=True))


def _with_one(related):
    one = Email.objects.annotate(number_of=Count(related)).filter(number_of=1).order_by().values("pk")
    return Email.objects.filter(pk__in=list(one.values_list("pk", flat=True)))


def _to_nobody_now():
    """Letters whose recipients are all gone. Whether one to an audience named a person, its size says."""
    gone = Email.objects.filter(recipients=None, deliveries=None, sent_at__isnull=False)
    return list(gone.filter(Q(audience=None) | Q(number__lte=1)).values_list("pk", flat=True))


def _names_another(kennitala, text):
    contact = Q(contact_info__email=text) | Q(contact_info__phone=text)
    return Comrade.objects.exclude(ssn=kennitala).filter(Q(name__contains=text) | contact).exists()
