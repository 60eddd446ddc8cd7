"""Staff who edit through Django's models, as the admin does; run by the host's own Python.

Reads one JSON object a line, `{"kind", "kennitala", "values"}`; answers one, `{"done", "saw"}`. Values are by
field path. Python 3.6, Django 2.2.
"""

import json
import random
import sys

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import DatabaseError, transaction  # noqa: E402

from membership.models import Comrade, ContactInfo, SimpleAddress  # noqa: E402
from sync.erasure import erase  # noqa: E402
from sync.joining_again import let_in  # noqa: E402

COLUMNS = {
    "name": (Comrade, "name"),
    "profile.birthday": (Comrade, "birthday"),
    "profile.email": (ContactInfo, "email"),
    "profile.phone": (ContactInfo, "phone"),
    "profile.address.street": (SimpleAddress, "street_address"),
    "profile.address.city": (SimpleAddress, "city"),
}


def seen(comrade):
    """What the member's fields hold (empty is None). Locks every row, for others may lock only one."""
    rows = {Comrade: comrade}
    for model in (ContactInfo, SimpleAddress):
        rows[model] = model.objects.select_for_update().filter(comrade=comrade).first()
    found = {path: getattr(rows[model], column, None) for path, (model, column) in COLUMNS.items()}
    return {path: str(value) if value else None for path, value in found.items()}


def edit(comrade, values):
    """Write by `save` or by `update`, at random."""
    for path, value in values.items():
        model, column = COLUMNS[path]
        row = comrade if model is Comrade else model.objects.get_or_create(comrade=comrade)[0]
        if random.random() < 0.5:
            model.objects.filter(pk=row.pk).update(**{column: value})
            row.refresh_from_db()
        else:
            setattr(row, column, value)
            row.save()


@transaction.atomic
def do(order):
    """Carry the order out in one transaction. Returns what was seen, or None if there is no such member."""
    kennitala, kind = order["kennitala"], order["kind"]
    comrade = Comrade.objects.select_for_update().filter(ssn=kennitala).first()
    if kind in ("erase", "let_in"):
        saw = seen(comrade) if comrade else {}
        work = erase if kind == "erase" else let_in
        work(kennitala, get_user_model().objects.get_or_create(username="chaos", is_staff=True)[0])
        return saw
    if comrade is None:
        return None
    saw = seen(comrade)
    if kind == "edit":
        edit(comrade, order["values"])
    else:
        comrade.delete()
    return saw


def main():
    """Answer each line."""
    for line in sys.stdin:
        try:
            saw = do(json.loads(line))
        except DatabaseError:
            saw = None
        print(json.dumps({"done": saw is not None, "saw": saw or {}}), flush=True)


if __name__ == "__main__":
    main()
