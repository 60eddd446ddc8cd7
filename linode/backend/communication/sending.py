"""Sends a message to its recipients, one letter for each."""

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone

from communication.models import Email


@transaction.atomic
def send(email):
    """Send it once, to members who want to be reached and have an address. Returns to how many."""
    email = Email.objects.select_for_update().get(pk=email.pk)
    if email.sent_at:
        return 0
    reachable = email.recipients.filter(reachable=True).exclude(contact_info__email="")
    addresses = list(reachable.values_list("contact_info__email", flat=True))
    letters = [EmailMessage(email.subject, email.body, to=[address]) for address in addresses if address]
    email.sent_at = timezone.now()
    email.save(update_fields=["sent_at"])
    get_connection().send_messages(letters)
    return len(letters)
