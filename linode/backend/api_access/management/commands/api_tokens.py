"""`manage.py api_tokens`: lists the API's tokens, adds one of a person's, revokes."""

import json
import sys
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from api_access.models import ApiToken
from api_access.routes import PERSONS_SCOPES
from api_access.tokens import DIGEST

MOST_DAYS = 365


class Command(BaseCommand):
    """A token's digest comes in by standard input; the token itself stays where it was made."""

    help = "List the API's tokens, add a person's, or revoke tokens."

    def add_arguments(self, parser):
        """One action with its options."""
        parser.add_argument("action", choices=["list", "add", "revoke"])
        parser.add_argument("--name", help="the token's name; a function's is the function's")
        parser.add_argument("--user", help="the person who owns it")
        parser.add_argument("--scopes", default="", help="of " + ",".join(PERSONS_SCOPES))
        parser.add_argument("--days", type=int, default=90, help="until it expires")
        parser.add_argument("--all", action="store_true", help="revoke every token of every person")
        parser.add_argument("--json", action="store_true", help="as one line of JSON")

    def handle(self, *args, **options):
        """Do it and say what was done. Raises CommandError."""
        getattr(self, "_" + options["action"])(options)

    def _list(self, options):
        rows = [_row(token) for token in ApiToken.objects.select_related("owner")]
        if options["json"]:
            self.stdout.write(json.dumps(rows, cls=DjangoJSONEncoder))
            return
        for row in rows:
            shown = [
                "{}: {}".format(key, row[key]) for key in ("created", "last_used", "expires") if row[key]
            ]
            who = row["owner"] or "function"
            line = [row["name"], who, row["state"], " ".join(row["scopes"]), ", ".join(shown)]
            self.stdout.write("  ".join(line))

    def _add(self, options):
        owner = get_user_model().objects.filter(username=options["user"] or "", is_active=True, is_staff=True)
        scopes = [scope for scope in options["scopes"].split(",") if scope]
        if not owner or not options["name"]:
            raise CommandError("--name, and --user with the name of active staff, are needed")
        if not scopes or set(scopes) - set(PERSONS_SCOPES):
            raise CommandError("--scopes takes some of " + ",".join(PERSONS_SCOPES))
        if not 1 <= options["days"] <= MOST_DAYS:
            raise CommandError("--days must be from 1 to {}".format(MOST_DAYS))
        digest = sys.stdin.read().strip()
        if not DIGEST.match(digest):
            raise CommandError("the token's SHA-256 is wanted on standard input, in hexadecimal")
        expires = timezone.now() + timedelta(days=options["days"])
        token = ApiToken(owner=owner[0], name=options["name"], scopes=" ".join(scopes), expires=expires)
        token.digest = digest
        token.save(force_insert=True)
        self.stdout.write("{} may {} until {:%Y-%m-%d}".format(token, ", ".join(scopes), expires))

    def _revoke(self, options):
        tokens = ApiToken.objects.filter(owner__isnull=False)
        if not options["all"]:
            if not options["name"]:
                raise CommandError("--name says which, or --all")
            tokens = ApiToken.objects.filter(name=options["name"])
            tokens = tokens.filter(owner__username=options["user"]) if options["user"] else tokens
        self.stdout.write("{} tokens revoked".format(tokens.revoke()))


def _row(token):
    state = "valid"
    if token.revoked:
        state = "revoked"
    elif token.expires and token.expires <= timezone.now():
        state = "expired"
    return {
        "name": token.name,
        "owner": token.owner.get_username() if token.owner else None,
        "scopes": token.granted,
        "created": token.created,
        "last_used": token.last_used,
        "expires": token.expires,
        "state": state,
    }
