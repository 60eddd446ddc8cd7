"""`manage.py load_register < register.jsonl`: members, one JSON object a line, into the register."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import DataError, IntegrityError, transaction
from membership.models import Comrade
from merge_engine.conversions import UnconvertibleError, from_column, from_wire, to_column
from merge_engine.field_map import FIELDS, columns_of
from merge_engine.kennitala import is_kennitala

from sync import register, statistics
from sync.nudge import request_after_commit

CHUNK = 1000
NAMES = {field.column for field in FIELDS} - {"id"}


class Command(BaseCommand):
    """All or nothing, and idempotent: a member who is there already, by kennitala, gets the line's values."""

    help = "Read members on stdin, one JSON object a line, and insert or update them by kennitala (ssn)."

    @transaction.atomic
    def handle(self, *args, **options):
        """Load them all. Raises CommandError with the number of a line that is no member."""
        # Bytes: in a bare environment, Python 3.6 would read ASCII.
        lines = enumerate(sys.stdin.buffer, 1)
        members = [self._member(number, line) for number, line in lines if line.strip()]
        try:
            for start in range(0, len(members), CHUNK):
                load(members[start : start + CHUNK])
        except (DataError, IntegrityError) as error:
            raise CommandError(
                "the database refuses the register: {}".format(str(error).strip().split("\n")[0])
            )
        statistics.refresh()
        request_after_commit()
        self.stdout.write("{} members loaded".format(len(members)))

    def _member(self, number, line):
        try:
            member = json.loads(line.decode("utf-8"))
        except ValueError as error:
            raise CommandError("line {}: not JSON: {}".format(number, error))
        if not isinstance(member, dict) or set(member) != NAMES:
            raise CommandError("line {}: wants exactly the keys {}".format(number, ", ".join(sorted(NAMES))))
        if not is_kennitala(member["ssn"]):
            raise CommandError("line {}: ssn is not ten digits".format(number))
        try:
            return {
                field.column: _checked(field, member[field.column])
                for field in FIELDS
                if field.column in NAMES
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


def load(members):
    """Insert or update members: dicts by column name, as the register's columns hold them."""
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
