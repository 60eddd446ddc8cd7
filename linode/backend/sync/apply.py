"""`POST api/sync/apply/`: merges members, writes them here, and says what the cloud is to write.

One transaction for the request. All members go together, in a fixed number of statements; only where the database
refuses the batch is each tried in a savepoint of its own, so that one that cannot be never holds up another.
"""
import uuid

from django.db import DatabaseError, DataError, connection, transaction
from django.utils import timezone

from sync import instants, memory, outbox, register_store
from sync.conversions import to_column
from sync.decision import CLEAN, ERROR, WRITE, Creation, Known, changes, decide, failed
from sync.documents import nest, same
from sync.field_map import FIELDS
from sync.models import Intent

BATCH_LOCK_MILLISECONDS = 800
"""Below PostgreSQL's deadlock time-out of a second: it is the sync that gives way, never staff."""
MEMBER_LOCK_MILLISECONDS = 100


def apply(presented, read_time, dry_run=False):
    """The answer per kennitala. `read_time` in nanoseconds; a dry run writes nothing and locks nobody."""
    with transaction.atomic():
        if dry_run:
            decisions = _judge_only(presented, read_time)
        else:
            decisions = _batch_or_each(presented, read_time)
    return {decision.presented.kennitala: _answer(decision, operation) for decision, operation in decisions}


def _judge_only(presented, read_time):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        return [(decision, None) for decision in _decide_all(presented, read_time, new_ids=[])]


def _batch_or_each(presented, read_time):
    try:
        return _apply_together(presented, read_time, BATCH_LOCK_MILLISECONDS)
    except DatabaseError:
        return [_apply_alone(member, read_time) for member in presented]


def _apply_alone(member, read_time):
    try:
        return _apply_together([member], read_time, MEMBER_LOCK_MILLISECONDS)[0]
    except DataError as error:
        return failed(member, "refused_by_database", _first_line(error), True), None
    except DatabaseError as error:
        return failed(member, "database_busy", _first_line(error), False), None


def _first_line(error):
    return str(error).strip().split("\n")[0]


def _apply_together(presented, read_time, lock_milliseconds):
    """Lock, read, decide, write: pairs of decision and operation id. Raises DatabaseError, leaving nothing done."""
    with transaction.atomic(), register_store.applying():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(lock_milliseconds)])
        kennitalas = [member.kennitala for member in presented]
        register_store.lock(kennitalas)
        creations = sum(member.document is not None for member in presented)
        decisions = _decide_all(presented, read_time, register_store.new_ids(creations))
        _write_register(decisions)
        operations = _remember(decisions, read_time)
        _mark_queue(decisions)
    return [(decision, operations.get(decision.presented.kennitala)) for decision in decisions]


def _decide_all(presented, read_time, new_ids):
    kennitalas = [member.kennitala for member in presented]
    register = register_store.read(kennitalas)
    shadows = memory.shadows(kennitalas)
    intents = memory.intents(kennitalas)
    joined = instants.from_datetime(timezone.now())
    ids = iter(new_ids)
    decisions = []
    for member in presented:
        key = member.kennitala
        known = Known(register.get(key), shadows[key], intents[key])
        new_id = next(ids, None) if known.columns is None and member.document is not None else None
        decisions.append(decide(member, known, read_time, Creation(new_id, joined)))
    return decisions


def _write_register(decisions):
    changed = [decision for decision in decisions if decision.changes_django]
    register_store.delete([decision.presented.kennitala for decision in changed if decision.after is None])
    register_store.write([(decision.before, decision.after) for decision in changed if decision.after is not None])


def _remember(decisions, read_time):
    """Set the bases, bury and record intents, log conflicts. Returns the operation ids by kennitala."""
    settled = [decision for decision in decisions if decision.outcome in (CLEAN, WRITE)]
    memory.save_shadows([_shadow_row(decision, read_time) for decision in settled])
    memory.bury_intents([(decision.presented.kennitala, decision.presented.update_time) for decision in settled])
    writes = [decision for decision in settled if decision.outcome == WRITE]
    operations = {decision.presented.kennitala: str(uuid.uuid4()) for decision in writes}
    memory.add_intents(_intent(decision, operations[decision.presented.kennitala]) for decision in writes)
    memory.log_conflicts(
        [(decision.presented.kennitala, lost) for decision in settled for lost in decision.conflicts]
    )
    return operations


def _shadow_row(decision, read_time):
    values, tombstone, erased = decision.base
    row = {"ssn": decision.presented.kennitala, "rev": decision.rev, "read_time": read_time}
    return dict(row, base=values, tombstone=tombstone, erased=erased)


def _intent(decision, operation):
    return Intent(
        operation=operation,
        ssn=decision.presented.kennitala,
        rev=decision.rev,
        document=decision.after,
        precondition_time=decision.presented.update_time,
    )


def _mark_queue(decisions):
    """Clean members are synced; one whose document is yet to be written stays dirty until that is acknowledged."""
    clean = [decision.presented.kennitala for decision in decisions if decision.outcome == CLEAN]
    if clean:
        outbox.finish(clean)
    outbox.keep_dirty([_queue_row(decision) for decision in decisions if decision.outcome == WRITE])
    outbox.fail(
        [
            {"ssn": decision.presented.kennitala, "message": decision.error["message"], "permanent": True}
            for decision in decisions
            if decision.outcome == ERROR
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


def _answer(decision, operation):
    answer = {"outcome": decision.outcome, "changes": changes(decision), "conflicts": _conflicts(decision)}
    if decision.outcome == ERROR:
        answer["error"] = decision.error
    if decision.outcome == WRITE:
        answer["write"] = _write(decision, operation)
    return answer


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
