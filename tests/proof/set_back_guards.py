"""The guards for stores that are set back; docs/sync.md has the same list."""

from __future__ import annotations

from tests.proof import set_back_scenarios as scenarios
from tests.proof.mutations import Mutation

HOST = "merge_engine."

SET_BACK_GUARDS = (
    Mutation(
        "nothing-rests-any-more",
        "the comparison finds a document that says of a field that it rests, though both sides hold the same",
        "sync.comparison",
        "    if document.told:\n        return False\n",
        "",
        scenario=scenarios.register_set_back_to_before_a_bad_value,
    ),
    Mutation(
        "epoch-of-the-register",
        "a number in Firestore that the register never issued stops the sync",
        HOST + "epoch",
        "elif carried.number > known.issued:",
        "elif False:",
        scenario=scenarios.register_set_back,
    ),
    Mutation(
        "epoch-of-firestore",
        "a number below the one that Firestore was seen to hold stops the sync",
        HOST + "epoch",
        "elif carried.number < known.confirmed and is_later:",
        "elif False:",
        scenario=scenarios.firestore_set_back,
    ),
    Mutation(
        "epoch-of-a-later-read",
        "a read from before the confirmed number proves nothing",
        HOST + "epoch",
        "is_later = carried.read_time != confirmed_at and not is_before(carried.read_time, confirmed_at)",
        "is_later = True",
        scenario=scenarios.late_read,
    ),
    Mutation(
        "lost-writes-are-trusted",
        "after a restore of the register, what the sync wrote since the backup speaks for the register",
        HOST + "merge",
        "if reason == ALWAYS and same(ours, base)",
        "if False and same(ours, base)",
        scenario=scenarios.register_set_back,
    ),
    Mutation(
        "restored-documents-are-no-edit",
        "after a restore of Firestore, a document that nobody wrote since counts as no edit",
        HOST + "after_restore",
        "    return Ground(Base(dict(earlier, **stated), None, False))",
        "    return Ground(base)",
        scenario=scenarios.firestore_set_back,
    ),
    Mutation(
        "garbage-rests-after-a-restore",
        "after a restore of Firestore, a value that no field took rests as before",
        HOST + "after_restore",
        "if not (is_unfit(value) and path in resting)",
        "if True",
        scenario=scenarios.garbage_set_back,
    ),
    Mutation(
        "restored-garbage-is-no-edit",
        "after a restore of Firestore, a good value stands that was written over one that no field takes",
        HOST + "after_restore",
        "(is_unfit(value) and path in resting)",
        "is_unfit(value)",
        scenario=scenarios.garbage_from_before_it_was_written_over,
    ),
    Mutation(
        "mark-that-was-never-given",
        "a mark of the sync that the register never gave stops the sync",
        HOST + "set_back",
        "return REGISTER if seen is not None or known.shadow.read_time == 0 else None",
        "return None",
        scenario=scenarios.register_set_back_between_two_numbers,
    ),
    Mutation(
        "mark-that-went-back",
        "a document that bears an earlier mark of the sync than it did stops the sync",
        HOST + "set_back",
        "return FIRESTORE if intent.landed and seen is not None else None",
        "return None",
        scenario=scenarios.members_set_back,
    ),
    Mutation(
        "seen-is-landed",
        "a write whose mark was seen in the document has landed, and can land no more",
        HOST + "tests.in_memory.records",
        "intent.landed = intent.operation == operation or intent.landed",
        "pass",
        scenario=scenarios.unacknowledged_write_set_back,
    ),
    Mutation(
        "times-that-went-back",
        "a document that was written earlier than it was seen stops the sync",
        HOST + "set_back",
        "if seen is not None and _is_earlier(presented, seen):",
        "if False:",
        scenario=scenarios.edit_set_back,
    ),
    Mutation(
        "decided-once",
        "what a person has decided on does not stop the sync again",
        HOST + "set_back",
        "return max(presented.update_time, known.shadow.read_time) <= (decided_at or 0)",
        "return False",
        scenario=scenarios.decision_that_leaves_somebody,
    ),
    Mutation(
        "vanished-wait",
        "a member who is missing in the register, and whom nobody deleted there, is not deleted in Firestore",
        HOST + "batch",
        "if known[key].vanished or known",
        "if known",
        scenario=scenarios.register_half_loaded,
    ),
    Mutation(
        "vanished-come-back",
        "after a restore of the register, a member who is missing there comes back from Firestore",
        HOST + "after_restore",
        "    if known.vanished:\n        return Ground(",
        "    if False:\n        return Ground(",
        scenario=scenarios.register_half_loaded,
    ),
)
