"""Runs under the site's own Python: what each of Django's ways in makes of values.

Reads a JSON list of [path, value] on stdin, writes a JSON list of {way in: [canonical] or null (refused)}.
No database is asked.
"""

import json
import sys

import django
from django.forms import modelform_factory

django.setup()

from django.apps import apps  # noqa: E402
from membership import serializers  # noqa: E402
from membership.fresh_forms import FreshForm  # noqa: E402
from merge_engine import conversions  # noqa: E402
from merge_engine.field_map import BY_PATH  # noqa: E402

from sync.management.commands import load_register  # noqa: E402

TYPED = ("text", "email", "phone", "date")
"""Types that a form and the API take as people type them; of others they take the column's numbers."""


def verdicts(path, value):
    """What each way in makes of one value."""
    field = BY_PATH[path]
    found = {"conversion": taken(lambda: conversions.from_wire(field, value))}
    found["column"] = taken(lambda: conversions.from_column(field, selected(field, value)))
    if field.type in TYPED:
        found["load_register"] = taken(lambda: load_register._checked(field, value))
        found["api"] = taken(lambda: by_the_api(field, value))
        if isinstance(value, str):
            found["form"] = taken(lambda: by_a_form(field, value))
    return found


def taken(convert):
    """The canonical value in a list; None if it is refused."""
    try:
        value = convert()
    except Exception:
        return None
    return [value or None if isinstance(value, str) else value]


def selected(field, value):
    """What the register would select, if its column held the value."""
    return conversions.to_column(field, value) if field.choices else value


def by_the_api(field, value):
    """The value that the API would save."""
    serializer = serializer_of(field)(data={field.column: value}, partial=True)
    serializer.is_valid(raise_exception=True)
    return as_wire(field, serializer.validated_data[field.column])


def serializer_of(field):
    """The part of the API that has this column."""
    return getattr(serializers, field.model.partition(".")[2] + "Serializer")


def by_a_form(field, value):
    """The value that a form would save."""
    form = modelform_factory(apps.get_model(field.model), form=FreshForm, fields=[field.column])(
        data={field.column: value}
    )
    if not form.is_valid():
        raise ValueError(form.errors)
    return as_wire(field, getattr(form.instance, field.column))


def as_wire(field, value):
    """A saved value as the register would select it."""
    return value.isoformat() if field.type == "date" and value is not None else value


json.dump([verdicts(path, value) for path, value in json.load(sys.stdin)], sys.stdout)
