"""`manage.py let_in`: somebody who was erased joins again, says a member of staff."""

from django.core.management.base import BaseCommand, CommandError
from merge_engine.kennitala import masked

from sync.command_line import read_kennitala, staff_account
from sync.joining_again import let_in


class Command(BaseCommand):
    """The same as the action on the list of members."""

    help = "Let a member in who was erased before, and whom the sync asks about (kennitala on stdin)."

    def add_arguments(self, parser):
        """The account that does it."""
        parser.add_argument("--user", required=True, help="the staff account that answers for it")

    def handle(self, *args, **options):
        """Let them in. Raises CommandError if there is no such account, or nobody is asked about them."""
        user = staff_account(options["user"])
        kennitala = read_kennitala()
        if not let_in(kennitala, user):
            raise CommandError(
                "the sync does not ask about {}: enter them in the register first, then wait for a"
                " minute".format(masked(kennitala))
            )
        self.stdout.write("{} is let in; the sync makes the copy in the cloud".format(masked(kennitala)))
