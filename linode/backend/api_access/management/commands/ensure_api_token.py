"""`manage.py ensure_api_token`: takes the tokens with which the functions call the API, by their digests."""

import json
import os
import sys

from django.core.management.base import BaseCommand, CommandError

from api_access import tokens
from api_access.routes import FUNCTIONS


class Command(BaseCommand):
    """Idempotent; says what changed, and nothing if nothing did."""

    help = "Take the digests of the functions' tokens from a file, beside those that are known."

    def add_arguments(self, parser):
        """Where the digests are, and what becomes of the others."""
        parser.add_argument("--file", required=True, help="JSON: function -> SHA-256; `-` is standard input")
        parser.add_argument(
            "--others-end-in",
            type=int,
            metavar="MINUTES",
            help="let every other token of a function end then",
        )

    def handle(self, *args, **options):
        """Take them. Without a file the tokens stay as they are. Raises CommandError."""
        if options["file"] != "-" and not os.path.exists(options["file"]):
            return
        for line in tokens.accept(_read(options["file"]), options["others_end_in"]):
            self.stdout.write(line)


def _read(path):
    try:
        if path == "-":
            digests = json.load(sys.stdin)
        else:
            with open(path) as file:
                digests = json.load(file)
        unknown = set(digests) - set(FUNCTIONS)
        if unknown or not all(tokens.DIGEST.match(digest) for digest in digests.values()):
            raise ValueError("a function that is not in routes.json, or no SHA-256")
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CommandError("the file of tokens cannot be used: {}".format(error))
    return digests
