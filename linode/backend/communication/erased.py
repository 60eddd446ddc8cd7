"""Takes an erased person out of letters: those to them alone go blank, and others lose what names them."""

from django.db.models import Count, Q
from membership.models import Comrade

from communication.models import Email

ERASED = "(erased)"


def blank_letters(sender, kennitala, texts, **_):
    """Receiver of `membership.erased.forgetting`: empties letters, and cuts the texts out of all others.

    A letter that was sent to nobody who is a member now goes blank, too. A text that another member shares
    stays: it names them.
    """
    alone = Email.objects.annotate(number=Count("recipients")).filter(number=1).order_by().values("pk")
    for letters in (
        Email.objects.filter(
            pk__in=list(alone.filter(recipients__ssn=kennitala).values_list("pk", flat=True))
        ),
        Email.objects.filter(recipients=None, sent_at__isnull=False),
    ):
        letters.update(subject=ERASED, body="")
    for text in [text for text in texts if not _names_another(kennitala, text)]:
        for letter in Email.objects.filter(Q(subject__contains=text) | Q(body__contains=text)):
            letter.subject = letter.subject.replace(text, ERASED)[:200]
            letter.body = letter.body.replace(text, ERASED)
            letter.save(update_fields=["subject", "body"])


def _names_another(kennitala, text):
    contact = Q(contact_info__email=text) | Q(contact_info__phone=text)
    return Comrade.objects.exclude(ssn=kennitala).filter(Q(name__contains=text) | contact).exists()
