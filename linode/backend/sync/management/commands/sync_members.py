"""`manage.py sync_members`: a full sync on order, or what one would do."""

import json

from django.core.management.base import BaseCommand, CommandError
from merge_engine import dry_run_table
from merge_engine.after_restore import STORES

from sync.cloud_order import OrderError, order

SUCCESS = "success"
HELD = "{} deletions are held; staff decide in the portal (Sync), operators with `fab sync.release`"


class Command(BaseCommand):
    """The exit status is not 0 if there was no complete run, or if a run left a member behind."""

    help = "Compare and reconcile every member now; with --dry-run say what that would do, and write nothing."

    def add_arguments(self, parser):
        """What to do, and how to tell."""
        parser.add_argument("--dry-run", action="store_true", help="write nothing, on either side")
        parser.add_argument("--after-restore", choices=STORES, help="dry run: as if this store was restored")
        parser.add_argument("--json", action="store_true", help="as one line of JSON")
        parser.add_argument("--unmasked", action="store_true", help="show every kennitala whole")

    def handle(self, *args, **options):
        """Order the run and tell what came of it. Raises CommandError."""
        dry_run, restored = options["dry_run"], options["after_restore"]
        if restored and not dry_run:
            raise CommandError("what counts after a restore is a person's word: `fab sync --after-restore`")
        body = {"mode": "full", "dry_run": dry_run, "reason": "command line"}
        try:
            result = order(dict(body, after_restore=restored) if restored else body)
        except OrderError as error:
            raise CommandError(str(error))
        found = dry_run_table.rows(result.pop("dry_run", []), options["unmasked"])
        if options["json"]:
            changes = {"changes": [row._asdict() for row in found]} if dry_run else {}
            self.stdout.write(json.dumps(dict(result, **changes), ensure_ascii=False))
        else:
            self._tell(result, found, dry_run)
        if not dry_run and result.get("stopped"):
            raise CommandError("stopped; see above")
        if not dry_run and result["status"] != SUCCESS:
            raise CommandError("some members were left behind; `sync_status` says which")

    def _tell(self, result, found, dry_run):
        for line in dry_run_table.table(found) if found else []:
            self.stdout.write(line)
        drift = result["drift"]
        self.stdout.write(
            "{in_django} members in Django, {in_firestore} in Firestore; {differences} differ".format(**drift)
        )
        if result.get("held"):
            self.stdout.write(HELD.format(result["held"]))
        if result.get("stopped"):
            self.stdout.write("stopped: {}".format(result["stopped"]))
        if dry_run:
            self.stdout.write("nothing was written")
            self._tell_what_is_left_off(result["dry_run_left_off"])
            return
        inbound, outbound = result["firestore_to_django"], result["django_to_firestore"]
        self.stdout.write(
            "{} written to Django, {} to Firestore, {} failed, in {} s".format(
                inbound["written"],
                outbound["written"],
                inbound["failed"] + outbound["failed"],
                result["duration_seconds"],
            )
        )

    def _tell_what_is_left_off(self, number):
        if number:
            self.stdout.write("{} more members differ, and are not listed".format(number))
