"""`manage.py migrate_before`: the migrations that run before the switch; `migrate` does the rest after it."""

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from deployment.pending import Pending


class Command(BaseCommand):
    """Migrates each application up to its last migration before the switch, with what that one needs."""

    help = "Apply the pending migrations that run before a release is switched to."

    def handle(self, *args, **options):
        """Apply them. Raises CommandError before anything is applied if the order cannot be split."""
        pending = Pending(connection)
        pending.check_order()
        for target in pending.targets_before() if pending.after else [()]:
            call_command(
                "migrate", *target, interactive=False, verbosity=options["verbosity"], stdout=self.stdout
            )
