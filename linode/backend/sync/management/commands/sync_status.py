"""`manage.py sync_status`: how the sync stands, for people and for monitoring."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from sync import status


class Command(BaseCommand):
    """It only reports, so the exit status is always 0."""

    help = "Say how many changes wait, what failed and why."

    def add_arguments(self, parser):
        """The form of the answer."""
        parser.add_argument("--json", action="store_true", help="as one line of JSON")

    def handle(self, *args, **options):
        """Print the summary."""
        summary = dict(status.summary(), nudge="configured" if settings.NUDGE else "off")
        if options["json"]:
            self.stdout.write(DjangoJSONEncoder().encode(summary))
            return
        letters = summary.pop("dead_letters")
        for name, value in summary.items():
            self.stdout.write("{:<15} {}".format(name, value))
        for letter in letters:
            self.stdout.write("dead letter     {kennitala}  {reason}".format(**letter))
