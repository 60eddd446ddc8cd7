"""Gives back a value that lost a conflict: as a new edit, which is synced like any other."""

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from membership import audit
from membership.editor import record_editor
from membership.models import Comrade
from membership.reasons import in_words
from merge_engine.conversions import UnconvertibleError, from_wire, to_column
from merge_engine.field_map import BY_PATH, GIVEN

from sync.models import Conflict
from sync.texts import text


class NotRestorableError(Exception):
    """Why a lost value cannot be given back."""


@transaction.atomic
def restore(conflict, user):
    """Write the lost value to the register. Raises NotRestorableError."""
    comrade = Comrade.objects.filter(ssn=conflict.ssn).first()
    if comrade is None:
        raise NotRestorableError(text("conflict.gone"))
    if conflict.field in GIVEN:
        raise NotRestorableError(text("conflict.given", field=conflict.field))
    record_editor(user)
    audit.log(user, comrade, audit.CHANGE, "Restored from the conflict log: {}".format(conflict.field))
    if conflict.field == Conflict.EXISTENCE:
        comrade.delete()
    else:
        write_value(comrade, BY_PATH[conflict.field], conflict.lost_value)
    conflict.restored_at = timezone.now()
    conflict.restored_by = user.get_username()
    conflict.save(update_fields=["restored_at", "restored_by"])


def write_value(comrade, field, value):
    """Write one field of a member, given in wire form. Raises NotRestorableError."""
    if value is None and field.required:
        raise NotRestorableError(text("conflict.required", field=field.path))
    try:
        value = from_wire(field, value)
    except UnconvertibleError as error:
        raise NotRestorableError(in_words(str(error)))
    model = apps.get_model(field.model)
    row = comrade if model is Comrade else model.objects.get_or_create(comrade=comrade)[0]
    column = model._meta.get_field(field.column)
    setattr(row, field.column, column.to_python(to_column(field, value)))
    row.save(update_fields=[field.column])
