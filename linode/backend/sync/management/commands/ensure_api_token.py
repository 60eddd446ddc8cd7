"""`manage.py ensure_api_token`: the account and token with which the cloud calls the API."""

import re

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from rest_framework.authtoken.models import Token

SERVICE_USER = "sync-service"
TOKEN_FORM = re.compile(r"\A[A-Za-z0-9_-]{24,40}\Z")


class Command(BaseCommand):
    """Idempotent; a changed SYNC_API_TOKEN replaces the token, so the old one stops working."""

    help = "Create the service account of the sync and give it the token of the environment (SYNC_API_TOKEN)."

    @transaction.atomic
    def handle(self, *args, **options):
        """Make user and token. Raises CommandError unless it is 24 to 40 letters, digits, - or _."""
        key = settings.SYNC_API_TOKEN
        if not TOKEN_FORM.match(key):
            raise CommandError("SYNC_API_TOKEN must be 24 to 40 letters, digits, - or _")
        user, created = get_user_model().objects.get_or_create(
            username=SERVICE_USER, defaults={"is_staff": True, "is_active": True}
        )
        if created:
            user.set_unusable_password()
            user.save()
        if not Token.objects.filter(user=user, key=key).exists():
            Token.objects.filter(user=user).delete()
            Token.objects.create(user=user, key=key)
        self.stdout.write("token of {} is in place".format(SERVICE_USER))
