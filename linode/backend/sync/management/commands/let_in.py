"""`manage.py let_in`: somebody who was erased joins again, says a member of staff."""

import getpass
import sys

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from merge_engine.kennitala import is_kennitala, masked

from sync.joining_again import let_in


class Command(BaseCommand):
    """Reads the kennitala from stdin, since arguments are seen in process lists."""

    help = "Let a member in who was erased before, and whom the sync asks about (kennitala on stdin)."

    def add_arguments(self, parser):
        """The account that does it."""
        parser.add_argument("--user", required=True, help="the staff account that answers for it")

    def handle(self, *args, **options):
        """Let them in. Raises CommandError if there is no such account, or nobody is asked about them."""
        user = get_user_model().objects.filter(username=options["user"], is_staff=True).first()
        if user is None:
            raise CommandError("no staff account is called {}".format(options["user"]))
        kennitala = getpass.getpass("kennitala: ") if sys.stdin.isatty() else sys.stdin.readline()
        kennitala = kennitala.strip()
        if not is_kennitala(kennitala):
            raise CommandError("that is no kennitala: ten digits, without a hyphen")
        if not let_in(kennitala, user):
            raise CommandError(
                "the sync does not ask about {}: enter them in the register first, then wait for a"
                " minute".format(masked(kennitala))
            )
        self.stdout.write("{} is let in; the sync makes the copy in the cloud".format(masked(kennitala)))
