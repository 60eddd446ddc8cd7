"""Corrects a kennitala, and makes one entry of two; trigger and sync do the rest (`merge_engine.moves`).

Everything that refers to the member stays: it is the same row. Of two entries, what staff did not choose goes
to the conflict log, from where it can be restored.
"""

import re

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from membership import audit
from membership.editor import record_editor
from membership.models import Comrade, ContactInfo
from merge_engine.documents import from_columns
from merge_engine.field_map import BY_PATH, FIELDS, GIVEN
from merge_engine.unfit import is_unfit, shown

from sync import register
from sync.models import Conflict
from sync.nudge import request_after_commit
from sync.restore import write_value
from sync.texts import text

BETWEEN_DIGITS = re.compile(r"[\s\-\u2010-\u2013\u2212]")
REASON = "two entries became one"
NOT_SYNCED = {ContactInfo: ("foreign_phone", "facebook")}
"""Columns that no sync carries: the kept entry gets them if it has none."""


class NotCorrectedError(Exception):
    """Why nothing was changed."""


def as_stored(typed):
    """Ten digits, of what a person typed. Raises NotCorrectedError."""
    digits = BETWEEN_DIGITS.sub("", typed)
    try:
        return Comrade._meta.get_field("ssn").clean(digits, None)
    except ValidationError:
        raise NotCorrectedError(text("correct.malformed"))


def holder_of(kennitala):
    """The entry with this kennitala, or None."""
    return Comrade.objects.filter(ssn=kennitala).first()


def correct(comrade, seen, kennitala, user):
    """Give the member this kennitala instead of the one that was `seen`. Raises NotCorrectedError."""
    if kennitala == seen:
        raise NotCorrectedError(text("correct.same"))
    try:
        with transaction.atomic():
            record_editor(user)
            if not Comrade.objects.filter(pk=comrade.pk, ssn=seen).update(ssn=kennitala):
                raise NotCorrectedError(text("correct.meanwhile"))
            audit.log(user, comrade, audit.CHANGE, "Kennitala corrected.")
    except IntegrityError:
        raise NotCorrectedError(text("correct.taken"))


def differences(kept, gone):
    """What the two entries hold differently: path → (the kept one's value, the gone one's), in wire form."""
    rows = register.read([kept.ssn, gone.ssn])
    ours, theirs = (from_columns(rows[entry.ssn]) for entry in (kept, gone))
    paths = [field.path for field in FIELDS if field.path not in GIVEN]
    return {path: (ours[path], theirs[path]) for path in paths if shown(ours[path]) != shown(theirs[path])}


@transaction.atomic
def unite(kept, gone, seen, chosen, user):
    """Make one entry of two. Raises NotCorrectedError, and NotRestorableError if a field cannot take a value.

    `seen`: the differences that the user was shown; `chosen`: where the gone entry's value stays.
    """
    record_editor(user)
    _lock(kept, gone)
    found = differences(kept, gone)
    if {path: [shown(value) for value in both] for path, both in found.items()} != seen:
        raise NotCorrectedError(text("correct.meanwhile"))
    for path, both in found.items():
        _decide(kept, path, both, path in chosen, user)
    _take_relations(kept, gone)
    earlier = gone.ssn
    audit.log(user, gone, audit.DELETION, "United with another entry.")
    audit.log(user, kept, audit.CHANGE, "United with another entry: {}".format(", ".join(sorted(chosen))))
    gone.delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sync_note_move(%s, %s)", [earlier, kept.ssn])
    request_after_commit()


def _lock(*entries):
    """Lock both rows, as they were read."""
    numbers = sorted(entry.ssn for entry in entries)
    rows = Comrade.objects.select_for_update().filter(ssn__in=numbers).order_by("ssn")
    if [row.ssn for row in rows] != numbers:
        raise NotCorrectedError(text("correct.meanwhile"))


def _decide(kept, path, both, is_chosen, user):
    """Write the value that staff chose, and log the other one; nothing is nobody's loss."""
    ours, theirs = both
    if is_chosen and is_unfit(theirs):
        raise NotCorrectedError(text("correct.unfit", field=path))
    winner, loser = (theirs, ours) if is_chosen else (ours, theirs)
    if shown(loser) is not None:
        Conflict.objects.create(
            ssn=kept.ssn,
            field=path,
            lost_on=Conflict.DJANGO,
            lost_by=user.get_username(),
            django_value=shown(loser),
            firestore_value=shown(winner),
            reason=REASON,
        )
    if is_chosen:
        write_value(kept, BY_PATH[path], winner)


def _take_relations(kept, gone):
    """What else refers to the gone entry refers to the kept one from now on."""
    for name in ("unions", "titles", "emails"):
        getattr(kept, name).add(*getattr(gone, name).all())
    has_current = kept.foreign_addresses.filter(current=True).exists()
    if has_current:
        gone.foreign_addresses.update(current=False)
    gone.foreign_addresses.update(comrade=kept)
    for model, columns in NOT_SYNCED.items():
        theirs = model.objects.filter(comrade=gone).first()
        if theirs is None:
            continue
        ours = model.objects.get_or_create(comrade=kept)[0]
        for column in [column for column in columns if not getattr(ours, column)]:
            setattr(ours, column, getattr(theirs, column))
        ours.save(update_fields=columns)
