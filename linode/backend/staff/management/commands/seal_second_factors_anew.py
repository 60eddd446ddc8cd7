"""`manage.py seal_second_factors_anew`: after a new key was put in front of SECOND_FACTOR_KEYS."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from staff.models import Authenticator
from staff.sealing import UnreadableSecretError, seal_anew


class Command(BaseCommand):
    """Nobody notices: the secrets stay the same."""

    help = "Seal the secrets of all second factors with the newest key, so that the others can go."

    @transaction.atomic
    def handle(self, *args, **options):
        """Seal all, or none. Raises CommandError if one cannot be read."""
        authenticators = list(Authenticator.objects.select_for_update().order_by("pk"))
        for authenticator in authenticators:
            try:
                authenticator.sealed_secret = seal_anew(authenticator.sealed_secret)
            except UnreadableSecretError:
                raise CommandError("the {} cannot be read with these keys; reset it".format(authenticator))
            authenticator.save(update_fields=["sealed_secret"])
        self.stdout.write("{} sealed with the newest key".format(len(authenticators)))
