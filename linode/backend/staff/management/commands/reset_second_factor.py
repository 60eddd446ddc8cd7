"""`manage.py reset_second_factor`: for a lost phone if no other superuser can help."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from membership import audit

from staff import second_factor


class Command(BaseCommand):
    """The password stays, and alone opens nothing but the page that sets a new second factor up."""

    help = "Remove the second factor of a person, or of all; they set one up anew at the next log-in."

    def add_arguments(self, parser):
        """Whose."""
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--user", help="the person's user name")
        whose.add_argument("--everybody", action="store_true", help="all: the key of the secrets is lost")

    def handle(self, *args, **options):
        """Reset. Raises CommandError for an unknown name."""
        users = get_user_model().objects.filter(is_staff=True)
        if not options["everybody"]:
            users = users.filter(username=options["user"])
            if not users:
                raise CommandError("no staff account is called {}".format(options["user"]))
        for user in users:
            if second_factor.reset(user):
                audit.log(user, user, audit.CHANGE, "Second factor reset from the command line")
                self.stdout.write("{}: reset".format(user.get_username()))
            else:
                self.stdout.write("{}: had none".format(user.get_username()))
