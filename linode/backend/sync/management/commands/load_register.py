"""`manage.py load_register < register.jsonl`: members, one JSON object a line, into the register.

A line may have a `base`: the same keys as they were when the sheet was made. Without it, every value that
differs from the register may be an edit that the sheet's author never saw, so it is shown and asked about.
"""

import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import DataError, IntegrityError, transaction
from membership.models import Comrade
from merge_engine.conversions import UnconvertibleError, from_column, from_wire, to_column
from merge_engine.field_map import FIELDS, columns_of
from merge_engine.kennitala import is_kennitala, masked

from sync import records, register, statistics
from sync.models import Erasure
from sync.nudge import request_after_commit
from sync.sheet import compare

CHUNK = 1000
SHOWN = 50
LOCK_MILLISECONDS = 10000
BASE = "base"
REFUSED = (
    "{0} values would be written over that somebody may have edited since the sheet was made; nothing is"
    " written. Give each line its `base`, or say --overwrite={0} (the conflict log keeps what was there)"
)
NAMES = {field.column for field in FIELDS} - {"id"}


class Command(BaseCommand):
    """All or nothing, and idempotent: a member who is there already, by kennitala, gets the line's values."""

    help = "Read members on stdin, one JSON object a line, and insert or update them by kennitala (ssn)."

    def add_arguments(self, parser):
        """What is done about values that others may have edited meanwhile."""
        parser.add_argument("--dry-run", action="store_true", help="show what would be written over; no more")
        parser.add_argument(
            "--overwrite",
            type=int,
            metavar="N",
            help="write over exactly N values that the sheet's author may not have seen",
        )

    @transaction.atomic
    def handle(self, *args, **options):
        """Load them all. Raises CommandError with the number of a line that is no member."""
        # Bytes: in a bare environment, Python 3.6 would read ASCII.
        lines = enumerate(sys.stdin.buffer, 1)
        members = [self._member(number, line) for number, line in lines if line.strip()]
        self._refuse_the_erased([member["ssn"] for member, _ in members])
        lost = []
        try:
            for start in range(0, len(members), CHUNK):
                lost += load(members[start : start + CHUNK])
        except (DataError, IntegrityError) as error:
            raise CommandError(
                "the database refuses the register: {}".format(str(error).strip().split("\n")[0])
            )
        self._show(lost)
        if options["dry_run"]:
            transaction.set_rollback(True)
            self.stdout.write("{} members read, nothing written".format(len(members)))
            return
        if len(lost) != (options["overwrite"] or 0):
            raise CommandError(REFUSED.format(len(lost)))
        records.log_conflicts(lost)
        statistics.refresh()
        request_after_commit()
        self.stdout.write("{} members loaded".format(len(members)))

    def _refuse_the_erased(self, kennitalas):
        """Raise CommandError for people whose erasure is under way. Older ones the sync asks staff about."""
        erased = sorted(
            Erasure.objects.filter(ssn__in=kennitalas, let_in=False).values_list("ssn", flat=True)
        )
        if erased:
            people = ", ".join(map(masked, erased[:SHOWN]))
            raise CommandError("people who were erased are in the sheet; leave them out: {}".format(people))

    def _show(self, lost):
        """What would be, or is, written over; kennitalas are masked."""
        for kennitala, item in lost[:SHOWN]:
            line = "{}  {}  {} -> {}".format(masked(kennitala), item.field, item.django, item.firestore)
            self.stdout.write(line.replace(kennitala, masked(kennitala)))
        if len(lost) > SHOWN:
            self.stdout.write("and {} more".format(len(lost) - SHOWN))

    def _member(self, number, line):
        try:
            member = json.loads(line.decode("utf-8"))
        except ValueError as error:
            raise CommandError("line {}: not JSON: {}".format(number, error))
        base = member.pop(BASE, None) if isinstance(member, dict) else None
        return _values(number, member), None if base is None else _values(number, base)


def _values(number, member):
    """The values of a line, or of its base, by column. Raises CommandError with the line's number."""
    if not isinstance(member, dict) or set(member) != NAMES:
        raise CommandError("line {}: wants exactly the keys {}".format(number, ", ".join(sorted(NAMES))))
    if not is_kennitala(member["ssn"]):
        raise CommandError("line {}: ssn is not ten digits".format(number))
    try:
        return {
            field.column: _checked(field, member[field.column]) for field in FIELDS if field.column in NAMES
        }
    except UnconvertibleError as error:
        raise CommandError("line {}: {}".format(number, error))


def _checked(field, value):
    """A column's value in its one form. Raises UnconvertibleError."""
    if value is None:
        return None
    if field.type != "numbered_choice":
        return to_column(field, from_wire(field, value))
    from_column(field, value)
    return value


def load(lines):
    """Insert or update members: pairs of values and base (or None), by column as the register holds them.

    Returns what was written over although the sheet's author may not have seen it: pairs (kennitala, Lost).
    """
    kennitalas = [member["ssn"] for member, _ in lines]
    register.lock(kennitalas, LOCK_MILLISECONDS)
    there = register.read(kennitalas)
    members, lost = [], []
    for member, base in lines:
        columns = there.get(member["ssn"])
        written, losses = (member, []) if columns is None else compare(member, base, columns)
        members.append(written)
        lost += [(member["ssn"], item) for item in losses]
    _write(members)
    return lost


def _write(members):
    known = dict(
        Comrade.objects.filter(ssn__in=[member["ssn"] for member in members]).values_list("ssn", "id")
    )
    new = [member["ssn"] for member in members if member["ssn"] not in known]
    known.update(zip(new, register.new_ids(len(new))))
    for label in [register.COMRADE] + register.DETAILS:
        fields = columns_of(label)
        rows = [_row(label, fields, member, known[member["ssn"]]) for member in members]
        register.upsert(label, fields, rows)


def _row(label, fields, member, comrade_id):
    values = dict(member, id=comrade_id)
    row = {field.column: _column_value(field, values[field.column]) for field in fields}
    return row if label == register.COMRADE else dict(row, comrade_id=comrade_id)


def _column_value(field, value):
    """What the column holds: empty text for None if the column takes that for "not known"."""
    return to_column(field, None) if value is None and not field.required else value
