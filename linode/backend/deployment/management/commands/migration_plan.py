"""`manage.py migration_plan`: what a deploy has to migrate, before and after the switch."""

import json

from django.core.management.base import BaseCommand
from django.db import connection

from deployment.pending import Pending, description, name


class Command(BaseCommand):
    """Changes nothing."""

    help = "Print the pending migrations as one line of JSON: those before the switch and those after it."

    def handle(self, *args, **options):
        """Print the plan; without SQL if the database is fresh, since no migration can harm it."""
        pending = Pending(connection)
        pending.check_order()
        told = (lambda migration: {"name": name(migration)}) if pending.is_fresh else description
        plan = {
            "fresh": pending.is_fresh,
            "postgresql": connection.pg_version,
            "before": [told(migration) for migration in pending.before],
            "after": [told(migration) for migration in pending.after],
            "unknown": pending.unknown,
        }
        self.stdout.write(json.dumps(plan))
