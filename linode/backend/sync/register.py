"""The register in PostgreSQL: reads, writes and locks many members in a fixed number of statements.

The statements are built from the field map and the models, so a new synced field needs no SQL. Days and
instants are selected as texts, for PostgreSQL holds some that Python cannot (the year 10000, BC, infinity).
"""

import json
from collections import defaultdict
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models
from merge_engine.conversions import to_column
from merge_engine.field_map import FIELDS, columns_of

from sync import nudge

COMRADE = "membership.Comrade"
SELECTED = {
    "date": (
        "CASE WHEN {0} BETWEEN '0001-01-01' AND '9999-12-31'"
        " THEN to_char({0}, 'YYYY-MM-DD') ELSE {0}::text END"
    ),
    "timestamp": (
        "CASE WHEN {0} >= '0001-01-02Z' AND {0} < '9999-12-31Z'"
        " THEN to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') ELSE {0}::text END"
    ),
}
"""How a column of such a type is selected."""
DETAILS = [label for label in sorted({field.model for field in FIELDS}) if label != COMRADE]


@contextmanager
def applying():
    """Tell the capture trigger that the sync itself writes in this block, and no person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ekklesia.applying', 'on', true)")
        yield
        cursor.execute("SELECT set_config('ekklesia.applying', '', true)")


def table(label):
    """A model's table."""
    return apps.get_model(label)._meta.db_table


def lock(kennitalas, wait_milliseconds):
    """Lock the members' rows until the end of the transaction, always in one order. Raises DatabaseError.

    The rows are locked before the shadow, as in every edit: an edit's statement locks the row, then its
    trigger locks the shadow. The other order would deadlock with staff.
    """
    keys = [list(kennitalas)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(wait_milliseconds)])
        cursor.execute(
            "SELECT 1 FROM {} WHERE ssn = ANY(%s) ORDER BY ssn FOR NO KEY UPDATE".format(table(COMRADE)),  # nosec B608
            keys,
        )
        for label in DETAILS:
            cursor.execute(
                "SELECT 1 FROM {} AS detail JOIN {} AS comrade ON comrade.id = detail.comrade_id"  # nosec B608
                " WHERE comrade.ssn = ANY(%s) ORDER BY comrade.ssn FOR NO KEY UPDATE OF detail".format(
                    table(label), table(COMRADE)
                ),
                keys,
            )
        cursor.execute(
            "INSERT INTO sync_shadow (ssn, rev, read_time, erased)"
            " SELECT ssn, 0, 0, false FROM unnest(%s::varchar[]) AS ssn ORDER BY ssn ON CONFLICT DO NOTHING",
            keys,
        )
        cursor.execute("SELECT 1 FROM sync_shadow WHERE ssn = ANY(%s) ORDER BY ssn FOR UPDATE", keys)


def read(kennitalas):
    """The members' columns by field path, by kennitala. Kennitalas of no member are left out."""
    return dict(_read("WHERE comrade.ssn = ANY(%s)", [list(kennitalas)]))


def page(after, limit):
    """Up to `limit` members in the order of the kennitala, after `after`: pairs (kennitala, columns).

    A row whose kennitala is none is left out: it is no member of the cloud's, and would come in no order.
    """
    condition = "WHERE comrade.ssn > %s AND comrade.ssn ~ '^[0-9]{10}$' ORDER BY comrade.ssn LIMIT %s"
    return _read(condition, [after, limit])


def _read(condition, arguments):
    alias = {label: "detail{}".format(number) for number, label in enumerate(DETAILS)}
    alias[COMRADE] = "comrade"
    columns = ", ".join(
        SELECTED.get(field.type, "{}").format("{}.{}".format(alias[field.model], field.column))
        for field in FIELDS
    )
    joins = " ".join(
        "LEFT JOIN {} AS {} ON {}.comrade_id = comrade.id".format(table(label), alias[label], alias[label])
        for label in DETAILS
    )
    statement = "SELECT {} FROM {} AS comrade {} {}".format(columns, table(COMRADE), joins, condition)  # nosec B608
    paths = [field.path for field in FIELDS]
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        rows = [dict(zip(paths, row)) for row in cursor.fetchall()]
    return [(row["kennitala"], row) for row in rows]


def new_ids(count):
    """So many ids for members about to be created."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table(COMRADE), count],
        )
        return [row[0] for row in cursor.fetchall()]


def taken_ids(ids):
    """Those that a member has."""
    return set(apps.get_model(COMRADE).objects.filter(pk__in=ids).values_list("pk", flat=True))


def reserve_ids(highest):
    """New ids are higher than this one from now on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(name, greatest(%s, nextval(name)))"
            " FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name) AS sequence",
            [highest, table(COMRADE)],
        )


def write(members):
    """Make members hold these wire values: pairs (before or None, after). Touches only tables that change.

    A column of which `after` says nothing stays as it is; in a new row it gets the model's default.
    """
    for label in [COMRADE] + DETAILS:
        for fields, changed in _by_fields(columns_of(label), members).items():
            upsert(label, fields, [_row(label, fields, values) for values in changed])


def _by_fields(fields, members):
    """The changed members by the fields that they state; nearly always there is one group."""
    groups = defaultdict(list)
    for before, after in members:
        stated = tuple(field for field in fields if field.path in after)
        if _differ(before, after, stated):
            groups[stated].append(after)
    return groups


def _differ(before, after, fields):
    if before is None:
        return any(after[field.path] is not None for field in fields)
    return any(before[field.path] != after[field.path] for field in fields)


def _row(label, fields, values):
    row = {field.column: to_column(field, values[field.path]) for field in fields}
    if label != COMRADE:
        row["comrade_id"] = values["membership.djangoId"]
    return row


def upsert(label, fields, rows):
    """Insert or update rows by member. Other columns keep their value, or get the model's default."""
    model = apps.get_model(label)
    key = "ssn" if label == COMRADE else "comrade_id"
    synced = [field.column for field in fields]
    columns = synced if label == COMRADE else ["comrade_id"] + synced
    others = {
        field.column: field.get_default()
        for field in model._meta.concrete_fields
        if field.column not in columns and not field.primary_key and not field.null
    }
    types = ", ".join("{} {}".format(name, _type(model, name)) for name in columns)
    statement = (
        "INSERT INTO {table} ({names}) SELECT {values} FROM jsonb_to_recordset(%s::jsonb) AS row({types})"  # nosec B608
        " ON CONFLICT ({key}) DO UPDATE SET {updates}"
    ).format(
        table=table(label),
        names=", ".join(columns + list(others)),
        values=", ".join(columns + ["%s"] * len(others)),
        types=types,
        key=key,
        updates=", ".join("{0} = excluded.{0}".format(name) for name in synced if name not in ("id", key)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, list(others.values()) + [json.dumps(rows)])


def _type(model, column):
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    if isinstance(field, (models.AutoField, models.ForeignKey)):
        return "integer"
    return field.db_type(connection)


def delete(kennitalas):
    """Delete members and all rows that belong to them."""
    if kennitalas:
        with nudge.suppressed():
            apps.get_model(COMRADE).objects.filter(ssn__in=kennitalas).delete()
