"""`manage.py send_letters`: the worker that sends confirmed letters (ekklesia-mail.service)."""

import signal
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from communication.worker import AnotherWorkerError, Worker

NOTHING_SET = 78
"""EX_CONFIG of sysexits.h; the unit does not try again after it."""


class Command(BaseCommand):
    """Ends in order on SIGTERM and SIGINT: letters that are being sent are finished."""

    help = "Send the letters that staff have confirmed, one message for each recipient."

    def add_arguments(self, parser):
        """For tests, and for a person who watches."""
        parser.add_argument("--until-done", action="store_true", help="end when nothing is due")

    def handle(self, *args, **options):
        """Raise CommandError, in one line, if another worker is there. Without a mail server: status 78."""
        if not settings.MAIL:
            self.stderr.write("no mail server is set (ekklesia:linode.mail in the stack's settings)")
            sys.exit(NOTHING_SET)
        worker = Worker(settings.MAIL)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        try:
            worker.run(until_done=options["until_done"])
        except AnotherWorkerError:
            raise CommandError("another worker sends letters already; nothing was done")
