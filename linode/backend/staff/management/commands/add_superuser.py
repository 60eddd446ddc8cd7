"""`manage.py add_superuser`: the first account of staff, or one for whoever is locked out for good."""

import sys

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from membership import audit


class Command(BaseCommand):
    """The password is read from standard input, since arguments are seen in process lists."""

    help = "Create a superuser, who sets a second factor up at the first log-in. Password on standard input."

    def add_arguments(self, parser):
        """Who."""
        parser.add_argument("--user", required=True, help="the new user name")

    def handle(self, *args, **options):
        """Create it. Raises CommandError for a name that is taken or impossible, or a bad password."""
        users = get_user_model()
        user = users(username=options["user"], is_staff=True, is_superuser=True)
        password = sys.stdin.readline().rstrip("\n")
        try:
            user.full_clean(exclude=["password"])
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages))
        user.set_password(password)
        user.save()
        audit.log(user, user, audit.ADDITION, "Superuser added from the command line")
        self.stdout.write("{} can log in, and sets a second factor up then".format(user.get_username()))
