"""Merges one batch of members: locks, reads, decides, writes and records, through the stores it is given.

All members go together, in a number of calls to the stores that does not depend on how many they are.
"""

import uuid
from datetime import datetime, timezone

from merge_engine import instants
from merge_engine.after_restore import wanted_number
from merge_engine.conversions import to_column
from merge_engine.decision import decide
from merge_engine.deletion_guard import hold_back
from merge_engine.documents import same
from merge_engine.erased_keys import standing
from merge_engine.field_map import FIELDS
from merge_engine.in_flight import may_still_land
from merge_engine.moves import after_erasures, closes, join, remembered
from merge_engine.set_back import is_decided, judge, seen_in
from merge_engine.together import Together
from merge_engine.verdict import CLEAN, HELD, WRITE, Creation, Known
from merge_engine.word import NOTHING_SAID


def merge_batch(stores, presented, read_time, lock_milliseconds, word=NOTHING_SAID):
    """Merge, and return pairs of verdict and operation id (None if there is nothing to write).

    `read_time` in nanoseconds. `word`: what a person has decided. Raises SetBackError if a document shows
    that a store was set back; then nothing is written.
    """
    with stores.register.applying():
        stores.register.lock([member.kennitala for member in presented], lock_milliseconds)
        if word.restored is not None:
            stores.register.reserve_ids(word.restored.highest_number)
        creations = sum(member.document is not None for member in presented)
        new_ids = stores.register.new_ids(creations)
        verdicts = decide_batch(stores, presented, read_time, new_ids, word)
        _require_none_set_back(verdicts)
        _erase_again(stores, verdicts)
        _write_register(stores, verdicts)
        # Who stays held by a decision about a restore is still known as they were before it.
        operations = _record(stores, verdicts, read_time, 0 if word.restored else read_time)
        _mark_queue(stores, verdicts)
    return [(verdict, operations.get(verdict.presented.kennitala)) for verdict in verdicts]


def decide_batch(stores, presented, read_time, new_ids, word=NOTHING_SAID):
    """Read and decide, without any effect. New members take their ids from `new_ids` while there are any."""
    kennitalas = [member.kennitala for member in presented]
    moves = stores.moves.among(kennitalas)
    known = _known(stores, presented, moves)
    read = {member.kennitala: (member, known[member.kennitala]) for member in presented}
    leading, read = after_erasures(moves, read)
    now = instants.from_datetime(datetime.now(timezone.utc))
    ids = iter(new_ids)
    kept = _kept_numbers(stores, presented, known, word.restored)
    set_back = {} if word.restored else _set_back(stores, read, read_time)

    def decide_one(key, sources):
        places = [read[key]] + [tuple(source) for source in sources]
        joined = join(*read[key], sources)
        is_new = known[key].columns is None or joined.standing.returned
        creates = is_new and any(member.document is not None for member, _ in places)
        new_id = kept.get(key) or next(ids, None) if creates else None
        shown = [set_back[member.kennitala] for member, _ in places if member.kennitala in set_back]
        if shown:
            return shown[0]._replace(presented=read[key][0])
        return decide(joined, read_time, Creation(new_id, now), word.restored)

    together = Together(read, leading)
    held = {key for key in known if known[key].vanished or known[key].shadow.held is not None}
    decided = list(together.at_their_numbers(decide_one).values())
    decided = hold_back(stores, decided, read_time, held, word.released)
    verdicts = {verdict.presented.kennitala: verdict for verdict in decided}
    verdicts.update(together.at_old_numbers(verdicts, read_time))
    moving = {number for move in moves if move.is_open for number in (move.old, move.new)}
    return [verdicts[kennitala]._replace(is_moving=kennitala in moving) for kennitala in kennitalas]


def _known(stores, presented, moves):
    """What is known here of each member, by kennitala."""
    kennitalas = [member.kennitala for member in presented]
    register = stores.register.read(kennitalas)
    shadows = stores.records.shadows(kennitalas)
    intents = stores.records.intents(kennitalas)
    erasures = stores.erasures.of(kennitalas)
    vanished = _vanished(stores, presented, register, shadows)
    is_recent = stores.records.is_recent
    known = {}
    for member in presented:
        key = member.kennitala
        in_flight = may_still_land(intents[key].values(), member.update_time, is_recent)
        shadow = remembered(shadows[key], [move for move in moves if key in (move.old, move.new)])
        here = register.get(key), shadow, intents[key]
        known[key] = Known(*here, in_flight, key in vanished, erasures.get(key))
    return known


def _set_back(stores, read, read_time):
    """The errors, by kennitala, of documents that show a restore on which nobody has decided.

    `read`: kennitala → what was read, and what is known. A copy from before an erasure shows nothing.
    """
    judged = {
        key: judge(member, known, read_time)
        for key, (member, known) in read.items()
        if not standing(member, known).is_from_before
    }
    shown = {key: verdict for key, verdict in judged.items() if verdict is not None}
    decided_at = stores.epochs.read().decided_at if shown else None
    return {key: verdict for key, verdict in shown.items() if not is_decided(*read[key], decided_at)}


def _require_none_set_back(verdicts):
    """Raises the SetBackError that one of the documents shows."""
    for verdict in verdicts:
        if verdict.set_back is not None:
            raise verdict.set_back


def _vanished(stores, presented, register, shadows):
    """Who is missing here though both sides agreed on the member, and nobody deleted the row.

    That is no deletion: the register was only half loaded, or emptied past its triggers.
    """
    missing = [
        member.kennitala
        for member in presented
        if member.kennitala not in register
        and shadows[member.kennitala].base is not None
        and member.document is not None
    ]
    return set(missing) - stores.outbox.deleted(missing) if missing else set()


def _kept_numbers(stores, presented, known, restored):
    """Kennitala → the number that a member gets again after a restore, unless somebody else has it by now."""
    if restored is None:
        return {}
    wanted = {}
    for member in presented:
        wanted[wanted_number(member, known[member.kennitala], restored)] = member.kennitala
    taken = stores.register.taken_ids([number for number in wanted if number])
    return {key: number for number, key in wanted.items() if number and number not in taken}


def _erase_again(stores, verdicts):
    """Forget what came back of people who were erased, and note which erasure the register knows now."""
    decided = [it for it in verdicts if it.standing.returned and it.outcome in (CLEAN, WRITE)]
    returned = {verdict.presented.kennitala: verdict for verdict in decided}
    if returned:
        rows = [
            (number, returned[kennitala].standing.erasure, number in returned and _is_there(returned[number]))
            for number, kennitala in stores.records.forget(sorted(returned)).items()
        ]
        stores.erasures.note(rows)


def _is_there(verdict):
    return verdict.after is not None


def _write_register(stores, verdicts):
    changed = [verdict for verdict in verdicts if verdict.changes_django]
    stores.register.delete([verdict.presented.kennitala for verdict in changed if verdict.after is None])
    stores.register.write(
        [
            (None if verdict.standing.returned else verdict.before, verdict.after)
            for verdict in changed
            if verdict.after is not None
        ]
    )


def _record(stores, verdicts, read_time, held_at):
    """Set the bases, end and record intents, log conflicts, note who is held. Returns operation ids."""
    nobody = [verdict.presented.kennitala for verdict in verdicts if verdict.standing.nothing]
    if nobody:
        stores.records.drop(nobody)
    decided = [verdict for verdict in verdicts if _is_recorded(verdict)]
    stores.records.save_shadows([_shadow_row(verdict, read_time) for verdict in decided])
    stores.records.expire_intents(
        [
            (verdict.presented.kennitala, verdict.presented.update_time, verdict.presented.operation)
            for verdict in decided
        ]
    )
    _record_moves(stores, decided, read_time)
    writes = [verdict for verdict in decided if verdict.outcome == WRITE]
    operations = {verdict.presented.kennitala: str(uuid.uuid4()) for verdict in writes}
    stores.records.add_intents(
        [_intent(verdict, operations[verdict.presented.kennitala]) for verdict in writes]
    )
    stores.records.log_conflicts(
        [(verdict.presented.kennitala, lost) for verdict in decided for lost in verdict.conflicts]
    )
    stores.records.hold(
        [(verdict.presented.kennitala, verdict.held) for verdict in verdicts if verdict.outcome == HELD],
        held_at,
    )
    return operations


def _is_recorded(verdict):
    """Whether anything is settled by this verdict. At an old number, that is so once its move is closed."""
    if verdict.moved_to:
        return closes(verdict)
    return verdict.outcome in (CLEAN, WRITE) and not verdict.standing.nothing


def _record_moves(stores, decided, read_time):
    """Note what was read at old numbers, and which moves are closed."""
    taken = [(verdict.bases, old) for verdict in decided for old in verdict.takes_over]
    stores.records.save_bases(
        [(old.kennitala, bases[old.kennitala]) for bases, old in taken if old.kennitala in bases]
    )
    stores.records.expire_intents([(old.kennitala, old.update_time, old.operation) for _, old in taken])
    moving = [verdict.presented.kennitala for verdict in decided if verdict.is_moving]
    stores.moves.note_read([(kennitala, read_time) for kennitala in moving])
    stores.moves.close([verdict.presented.kennitala for verdict in decided if closes(verdict)])


def _shadow_row(verdict, read_time):
    values, tombstone, erased = verdict.base
    row = {"ssn": verdict.presented.kennitala, "rev": verdict.rev, "read_time": read_time}
    row["mark"] = seen_in(verdict.presented, read_time)
    return dict(row, base=values, tombstone=tombstone, erased=erased, resting=verdict.resting or None)


def _intent(verdict, operation):
    return {
        "operation": operation,
        "ssn": verdict.presented.kennitala,
        "rev": verdict.rev,
        "document": verdict.settled,
        "precondition_time": verdict.presented.update_time,
    }


def _mark_queue(stores, verdicts):
    """Clean members are synced. A member stays dirty while a write is not acknowledged or may still land."""
    clean = [verdict for verdict in verdicts if verdict.outcome == CLEAN]
    settled = [verdict.presented.kennitala for verdict in clean if not verdict.in_flight]
    if settled:
        stores.outbox.finish(settled)
    unsettled = [verdict for verdict in clean if verdict.in_flight]
    written = [verdict for verdict in verdicts if verdict.outcome == WRITE]
    stores.outbox.keep_dirty([_queue_row(verdict) for verdict in written + unsettled])
    stores.outbox.fail(
        [
            dict(verdict.error, ssn=verdict.presented.kennitala)
            for verdict in verdicts
            if verdict.error is not None
        ]
    )


def _queue_row(verdict):
    before, after = verdict.firestore or {}, verdict.after
    action = "delete" if after is None else "update" if verdict.firestore else "create"
    fields_changed = {
        field.column: to_column(field, after[field.path])
        for field in FIELDS
        if field.path in (after or {}) and not same(before.get(field.path), after[field.path])
    }
    row = {"ssn": verdict.presented.kennitala, "rev": verdict.rev}
    return dict(row, action=action, fields_changed=fields_changed)
