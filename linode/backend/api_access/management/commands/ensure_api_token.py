"""`manage.py ensure_api_token`: takes the token with which the cloud calls the API."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from api_access import tokens
from api_access.routes import EVERY_FUNCTION


class Command(BaseCommand):
    """Idempotent."""

    help = "Take the token of the environment (SYNC_API_TOKEN); its digest is kept."

    def handle(self, *args, **options):
        """Keep the digest. Raises CommandError unless it is 24 to 128 letters, digits, - or _."""
        token = settings.SYNC_API_TOKEN
        if not tokens.FORM.match(token):
            raise CommandError("SYNC_API_TOKEN must be 24 to 128 letters, digits, - or _")
        tokens.accept({EVERY_FUNCTION: tokens.digest_of(token)})
        self.stdout.write("the token of the functions is in place")
