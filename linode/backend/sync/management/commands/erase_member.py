"""`manage.py erase_member`: the right to be forgotten, from the command line."""

from django.core.management.base import BaseCommand, CommandError
from membership.models import Comrade
from merge_engine.kennitala import masked

from sync.command_line import read_kennitala, staff_account
from sync.erasure import StillMovingError, erase
from sync.texts import text


class Command(BaseCommand):
    """Somebody who was deleted before can be erased, too: they have left traces."""

    help = (
        "Erase the person whose kennitala is read on stdin, here and in the cloud, whether or not they are a"
        " member now. Cannot be undone."
    )

    def add_arguments(self, parser):
        """The account that does it, and its confirmation."""
        parser.add_argument("--user", required=True, help="the staff account that answers for it")
        parser.add_argument("--yes", action="store_true", help="do not ask for confirmation again")

    def handle(self, *args, **options):
        """Erase. Raises CommandError for an unknown account, for no kennitala, and if --yes is missing.

        It does so, too, while a correction of this kennitala is under way.
        """
        user = staff_account(options["user"])
        kennitala = read_kennitala()
        is_member = Comrade.objects.filter(ssn=kennitala).exists()
        who = masked(kennitala) if is_member else "{} (no member now)".format(masked(kennitala))
        if not options["yes"]:
            raise CommandError("this cannot be undone; say --yes to erase {}".format(who))
        try:
            erase(kennitala, user)
        except StillMovingError as error:
            raise CommandError(text("erase.moving", kennitala=masked(kennitala))) from error
        self.stdout.write("{} is erased; the sync removes what the cloud has".format(who))
