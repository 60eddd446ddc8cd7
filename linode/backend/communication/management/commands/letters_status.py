"""`manage.py letters_status`: how many letters wait and what failed, for people and for `fab status`."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from communication import deliveries


class Command(BaseCommand):
    """It only reports, so the exit status is always 0. It names nobody."""

    help = "Say how many letters wait, failed, or may have arrived."

    def add_arguments(self, parser):
        """The form of the answer."""
        parser.add_argument("--json", action="store_true", help="as one line of JSON")

    def handle(self, *args, **options):
        """Print the summary."""
        summary = dict(
            deliveries.counts(), server="set" if settings.MAIL else "", late=deliveries.oldest_due()
        )
        if options["json"]:
            self.stdout.write(DjangoJSONEncoder().encode(summary))
            return
        for name, value in summary.items():
            self.stdout.write("{:<10} {}".format(name, value))
