"""`manage.py confirm_staff`: lets a staff account in again that a restore has stopped."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """The account keeps the rights of the backup; its password is set by `changepassword`."""

    help = "Make a staff account active again; without --user, list those that are not."

    def add_arguments(self, parser):
        """Whose account."""
        parser.add_argument("--user", help="the account's name")

    def handle(self, *args, **options):
        """Do it. Raises CommandError if there is no such account."""
        waiting = get_user_model().objects.filter(is_staff=True, is_active=False)
        if not options["user"]:
            for user in waiting.order_by("username"):
                self.stdout.write("{} ({})".format(user.get_username(), _rights(user)))
            return
        user = waiting.filter(username=options["user"]).first()
        if user is None:
            raise CommandError("no staff account that is not active is called {}".format(options["user"]))
        user.is_active = True
        user.save(update_fields=["is_active"])
        hint = "" if user.has_usable_password() else "; it needs a password: manage.py changepassword"
        self.stdout.write("{} ({}) may log in{}".format(user.get_username(), _rights(user), hint))


def _rights(user):
    return "superuser" if user.is_superuser else "staff"
