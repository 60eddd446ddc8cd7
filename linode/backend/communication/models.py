"""Messages that staff send to members."""

from django.conf import settings
from django.db import models
from membership.models import Comrade


class Email(models.Model):
    """One message to chosen members. It is sent once, one letter for each who wants to be reached."""

    subject = models.CharField(max_length=200)
    body = models.TextField()
    recipients = models.ManyToManyField(Comrade, related_name="emails", blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self):
        return self.subject
