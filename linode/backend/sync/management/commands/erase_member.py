"""`manage.py erase_member`: the right to be forgotten, from the command line."""

import getpass
import sys

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from membership.models import Comrade
from merge_engine.kennitala import is_kennitala, masked

from sync.erasure import StillMovingError, erase
from sync.texts import text


class Command(BaseCommand):
    """Reads the kennitala from stdin, since arguments are seen in process lists.

    Somebody who was deleted before can be erased, too: they have left traces.
    """

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
        user = get_user_model().objects.filter(username=options["user"], is_staff=True).first()
        if user is None:
            raise CommandError("no staff account is called {}".format(options["user"]))
        kennitala = self._read()
        if not is_kennitala(kennitala):
            raise CommandError("that is no kennitala: ten digits, without a hyphen")
        is_member = Comrade.objects.filter(ssn=kennitala).exists()
        who = masked(kennitala) if is_member else "{} (no member now)".format(masked(kennitala))
        if not options["yes"]:
            raise CommandError("this cannot be undone; say --yes to erase {}".format(who))
        try:
            erase(kennitala, user)
        except StillMovingError as error:
            raise CommandError(text("erase.moving", kennitala=masked(kennitala))) from error
        self.stdout.write("{} is erased; the sync removes what the cloud has".format(who))

    def _read(self):
        if sys.stdin.isatty():
            return getpass.getpass("kennitala: ").strip()
        return sys.stdin.readline().strip()
