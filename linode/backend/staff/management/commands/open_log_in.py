"""`manage.py open_log_in`: lets a person or an address try again before the time is over."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from membership import audit

from staff import attempts


class Command(BaseCommand):
    """Forgets failed log-ins."""

    help = "Forget the wrong passwords and codes of a person, or of an address."

    def add_arguments(self, parser):
        """Whose."""
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--user", help="the person's user name")
        whose.add_argument("--address", help="the address that they came from")

    def handle(self, *args, **options):
        """Forget them. Raises CommandError for an unknown name."""
        if options["address"]:
            number = attempts.forget_address(options["address"])
        else:
            user = get_user_model().objects.filter(username=options["user"]).first()
            if user is None:
                raise CommandError("no account is called {}".format(options["user"]))
            number = attempts.forget_user(user)
            audit.log(user, user, audit.CHANGE, "Log-in opened from the command line")
        self.stdout.write("{} failed log-ins forgotten".format(number))
