"""What names a person beside the sync's own records: the admin's log, and the place of a comparison.

Somebody who was deleted before has no row in the register any more. What the sync still remembers says under
which number and by which texts they are found.
"""

from typing import NamedTuple, Tuple

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from membership.models import Comrade, ContactInfo, ForeignAddress, SimpleAddress
from merge_engine.field_map import BY_PATH, NUMBER

from sync.models import ComparisonRound, Conflict, Intent, MemberSyncQueue, Shadow

ERASED = "(erased)"
DETAILS = (ContactInfo, SimpleAddress, ForeignAddress)
NAMING = ("name", "profile.email", "profile.phone")
"""Fields whose text names one person."""
CHUNK = 1000
SHORTEST = 5
"""A shorter text names nobody."""


class Known(NamedTuple):
    """The numbers that a person had in the register, and the texts that name them."""

    numbers: Tuple[int, ...]
    texts: Tuple[str, ...]


def known_of(kennitala, numbers):
    """What the register and the sync's records say of somebody, whether or not they are a member now.

    `numbers`: all kennitalas that they have or had. One that somebody else was given since is left out.
    """
    given_away = Comrade.objects.filter(ssn__in=numbers).exclude(ssn=kennitala).values_list("ssn", flat=True)
    own = sorted({*numbers} - {*given_away})
    found = [values for number in own for values in _rows_here(number) + _documents(number)]
    rows = {values.get(NUMBER) for values in found}
    texts = {values.get(path) for values in found for path in NAMING} | set(own)
    return Known(
        tuple(sorted(row for row in rows if type(row) is int)),
        tuple(sorted(text for text in texts if isinstance(text, str) and len(text) >= SHORTEST)),
    )


def blank(known):
    """Take a person, who is no member any more, out of the admin's log.

    If it is not known which number they had, everybody who is gone goes out of it.
    """
    members = _entries(Comrade)
    _blank(members.filter(object_id__in=[str(number) for number in known.numbers]))
    named = members.filter(object_repr__in=known.texts) if known.numbers else members
    for model, entries in [(Comrade, named)] + [(model, _entries(model)) for model in DETAILS]:
        _blank_of_nobody(model, entries.exclude(object_repr=ERASED))


def step_back(kennitalas):
    """Have a comparison that stands at one of these go on from the kennitala before."""
    for kennitala in kennitalas:
        before = "{:010d}".format(max(int(kennitala) - 1, 0))
        ComparisonRound.objects.filter(after=kennitala).update(after=before)


def _rows_here(kennitala):
    """The register's row, and the columns that were captured, by field path."""
    comrade = Comrade.objects.filter(ssn=kennitala).select_related("contact_info").first()
    changes = MemberSyncQueue.objects.filter(ssn=kennitala).values_list("fields_changed", flat=True)
    rows = [{path: changed.get(BY_PATH[path].column) for path in NAMING + (NUMBER,)} for changed in changes]
    if comrade is not None:
        contact = getattr(comrade, "contact_info", None)
        rows.append({NUMBER: comrade.pk, "name": comrade.name})
        rows.append(
            {"profile.email": getattr(contact, "email", ""), "profile.phone": getattr(contact, "phone", "")}
        )
    return rows


def _documents(kennitala):
    """What the sync remembers of a document: bases, intents, and what lost a conflict."""
    shadows = Shadow.objects.filter(ssn=kennitala)
    remembered = list(shadows.values_list("base", flat=True)) + list(
        shadows.values_list("tombstone", flat=True)
    )
    remembered += list(Intent.objects.filter(ssn=kennitala).values_list("document", flat=True))
    for field, *sides in Conflict.objects.filter(ssn=kennitala).values_list(
        "field", "django_value", "firestore_value"
    ):
        remembered += [{field: value} for value in sides]
    return [values for values in remembered if values]


def _entries(model):
    return LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))


def _blank_of_nobody(model, entries):
    """Those about rows that are there no more. Row by row: a join by texts would read whole tables."""
    ids = sorted(set(entries.order_by().values_list("object_id", flat=True)), key=str)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        keys = [int(key) for key in chunk if key and key.isdecimal()]
        there = {str(key) for key in model.objects.filter(pk__in=keys).values_list("pk", flat=True)}
        _blank(entries.filter(object_id__in=[key for key in chunk if key not in there]))


def _blank(entries):
    entries.update(object_repr=ERASED, change_message="")
