"""Merges one batch of members: locked, read, decided, written and remembered through the stores it is given.

All members go together, in a number of calls to the stores that does not depend on how many they are.
"""

import uuid
from datetime import datetime, timezone

from merge_engine import instants
from merge_engine.conversions import to_column
from merge_engine.decision import (
    CLEAN,
    WRITE,
    Creation,
    Known,
    changes_in_django,
    changes_in_firestore,
    decide,
)
from merge_engine.deletion_guard import hold_back
from merge_engine.documents import nest, same
from merge_engine.field_map import FIELDS
from merge_engine.in_flight import may_still_land


def merge_batch(stores, presented, read_time, lock_milliseconds, allow_deletions=False):
    """Pairs of decision and operation id (None: nothing to write). `read_time` in nanoseconds.

    `allow_deletions`: a person has confirmed them, however many they are.
    """
    with stores.register.applying():
        stores.register.lock([member.kennitala for member in presented], lock_milliseconds)
        creations = sum(member.document is not None for member in presented)
        new_ids = stores.register.new_ids(creations)
        decisions = decide_batch(stores, presented, read_time, new_ids, allow_deletions)
        _write_register(stores, decisions)
        operations = _remember(stores, decisions, read_time)
        _mark_queue(stores, decisions)
    return [(decision, operations.get(decision.presented.kennitala)) for decision in decisions]


def decide_batch(stores, presented, read_time, new_ids, allow_deletions=False):
    """Read and decide, without any effect; members who are new take of `new_ids` while there are any."""
    kennitalas = [member.kennitala for member in presented]
    register = stores.register.read(kennitalas)
    shadows = stores.records.shadows(kennitalas)
    intents = stores.records.intents(kennitalas)
    joined = instants.from_datetime(datetime.now(timezone.utc))
    ids = iter(new_ids)
    decisions = []
    for member in presented:
        key = member.kennitala
        in_flight = may_still_land(intents[key].values(), member.update_time, stores.records.is_recent)
        known = Known(register.get(key), shadows[key], intents[key], in_flight)
        new_id = next(ids, None) if known.columns is None and member.document is not None else None
        decisions.append(decide(member, known, read_time, Creation(new_id, joined)))
    return decisions if allow_deletions else hold_back(stores, decisions, read_time)


def answer(decision, operation, dry_run):
    """What the cloud is told about one member, as JSON carries it.

    Only a dry run tells what would change in the cloud, field by field: else the write says it, at once.
    """
    changed = {
        "django": changes_in_django(decision),
        "firestore": changes_in_firestore(decision) if dry_run else [],
    }
    told = {"outcome": decision.outcome, "changes": changed, "conflicts": _conflicts(decision)}
    if decision.error is not None:
        told["error"] = decision.error
    if decision.outcome == WRITE:
        told["write"] = _write(decision, operation)
    return told


def _write_register(stores, decisions):
    changed = [decision for decision in decisions if decision.changes_django]
    stores.register.delete([decision.presented.kennitala for decision in changed if decision.after is None])
    stores.register.write(
        [(decision.before, decision.after) for decision in changed if decision.after is not None]
    )


def _remember(stores, decisions, read_time):
    """Set the bases, bury and record intents, log conflicts. Returns the operation ids by kennitala."""
    settled = [decision for decision in decisions if decision.outcome in (CLEAN, WRITE)]
    stores.records.save_shadows([_shadow_row(decision, read_time) for decision in settled])
    stores.records.bury_intents(
        [(decision.presented.kennitala, decision.presented.update_time) for decision in settled]
    )
    writes = [decision for decision in settled if decision.outcome == WRITE]
    operations = {decision.presented.kennitala: str(uuid.uuid4()) for decision in writes}
    stores.records.add_intents(
        [_intent(decision, operations[decision.presented.kennitala]) for decision in writes]
    )
    stores.records.log_conflicts(
        [(decision.presented.kennitala, lost) for decision in settled for lost in decision.conflicts]
    )
    return operations


def _shadow_row(decision, read_time):
    values, tombstone, erased = decision.base
    row = {"ssn": decision.presented.kennitala, "rev": decision.rev, "read_time": read_time}
    return dict(row, base=values, tombstone=tombstone, erased=erased)


def _intent(decision, operation):
    return {
        "operation": operation,
        "ssn": decision.presented.kennitala,
        "rev": decision.rev,
        "document": decision.after,
        "precondition_time": decision.presented.update_time,
    }


def _mark_queue(stores, decisions):
    """Clean members are synced; one whose document is yet to be written stays dirty until acknowledged.

    So does one on whom an earlier write may still land.
    """
    clean = [decision for decision in decisions if decision.outcome == CLEAN]
    settled = [decision.presented.kennitala for decision in clean if not decision.in_flight]
    if settled:
        stores.outbox.finish(settled)
    unsettled = [decision for decision in clean if decision.in_flight]
    written = [decision for decision in decisions if decision.outcome == WRITE]
    stores.outbox.keep_dirty([_queue_row(decision) for decision in written + unsettled])
    stores.outbox.fail(
        [
            dict(decision.error, ssn=decision.presented.kennitala)
            for decision in decisions
            if decision.error is not None
        ]
    )


def _queue_row(decision):
    before, after = decision.firestore or {}, decision.after
    action = "delete" if after is None else "update" if decision.firestore else "create"
    fields_changed = {
        field.column: to_column(field, after[field.path])
        for field in FIELDS
        if after is not None and not same(before.get(field.path), after[field.path])
    }
    row = {"ssn": decision.presented.kennitala, "rev": decision.rev}
    return dict(row, action=action, fields_changed=fields_changed)


def _conflicts(decision):
    return [dict(lost._asdict()) for lost in decision.conflicts]


def _write(decision, operation):
    text = decision.presented.update_time_text
    return {
        "document": None if decision.after is None else nest(decision.after),
        "precondition": {"exists": False} if text is None else {"update_time": text},
        "operation": operation or "",
        "rev": decision.rev,
    }
