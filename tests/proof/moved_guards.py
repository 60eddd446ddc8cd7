"""The guards of a corrected kennitala, as in `guards.py`."""

from __future__ import annotations

from tests.proof import moved_scenarios as scenarios
from tests.proof.mutations import Mutation

HOST = "merge_engine."

MOVED_GUARDS = (
    Mutation(
        "moved-together",
        "old and new number of a corrected kennitala are merged only together",
        HOST + "together",
        "if is_alone or (",
        "if False or (",
        scenario=scenarios.correction_seen_alone,
    ),
    Mutation(
        "old-document-goes-along",
        "the write to the new number takes the document at the old one over",
        HOST + "decision",
        "takes_over=[source.presented for source in joined.taken],",
        "takes_over=[],",
        scenario=scenarios.correction,
    ),
    Mutation(
        "old-document-as-it-was-read",
        "a document is taken over only as it was read",
        "tests.functions.doubles.memory_store",
        "old.update_time != times[name]",
        "False",
        scenario=scenarios.edit_before_the_move_lands,
    ),
    Mutation(
        "old-number-keeps-its-base",
        "while the document stands at the old number, so does its base",
        HOST + "decision",
        "if not joined.adopted or not joined.taken:",
        "if True:",
        scenario=scenarios.edit_after_a_lost_move,
    ),
    Mutation(
        "intents-expire-at-the-old-number",
        "an intent at the old number dies once the document there has moved on",
        HOST + "batch",
        "[(old.kennitala, old.update_time, old.operation) for _, old in taken]",
        "[]",
        scenario=scenarios.edits_after_a_lost_acknowledgement,
    ),
    Mutation(
        "old-number-in-flight",
        "a move stays open while a write may still land at the old number",
        HOST + "moves",
        "in_flight=known.in_flight or not is_done,",
        "in_flight=not is_done,",
        scenario=scenarios.creation_that_lands_at_the_old_number,
    ),
    Mutation(
        "old-number-leads-on",
        "a document that appears at an old number belongs to the new one",
        HOST + "moves",
        "(move.is_open or known.columns is None)",
        "move.is_open",
        scenario=scenarios.document_at_a_number_of_nobody,
    ),
    Mutation(
        "what-firestore-alone-holds",
        "what lives in Firestore alone goes along to the new number",
        "sync.taking_over",
        "return beside(field_map, {}, olds) | document",
        "return document",
        scenario=scenarios.correction,
    ),
)
