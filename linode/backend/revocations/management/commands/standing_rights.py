"""`manage.py standing_rights`: what counts now, for `revoke_again` on a restored database."""

import json

from django.core.management.base import BaseCommand

from revocations.standing import standing_rights


class Command(BaseCommand):
    """Its output names members, so it stays on the host."""

    help = "Print accounts, rights, tokens and consent as they are now, without passwords, as JSON."

    def handle(self, *args, **options):
        """Print one line."""
        self.stdout.write(json.dumps(standing_rights(), sort_keys=True))
