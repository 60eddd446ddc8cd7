"""`manage.py revoke_again`: takes away in a restored database what was taken away since its backup."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError

from revocations.again import revoke_again


class Command(BaseCommand):
    """Idempotent."""

    help = "Take away what `standing_rights`, read on stdin, no longer holds."

    def add_arguments(self, parser):
        """For the case that nobody knows."""
        parser.add_argument(
            "--nothing-known", action="store_true", help="no live database tells: every account waits"
        )

    def handle(self, *args, **options):
        """Do it and say what was taken. Raises CommandError if the input is no JSON of `standing_rights`."""
        for line in revoke_again(None if options["nothing_known"] else _read()):
            self.stdout.write(line)


def _read():
    try:
        standing = json.loads(sys.stdin.read())
    except ValueError:
        raise CommandError("the output of `standing_rights` is wanted on stdin; nothing was changed")
    if standing is not None and not isinstance(standing, dict):
        raise CommandError("this is not the output of `standing_rights`; nothing was changed")
    return standing
