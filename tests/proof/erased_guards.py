"""The guards of an erasure, as in `guards.py`."""

from __future__ import annotations

from tests.proof import erased_scenarios as scenarios
from tests.proof.mutations import Mutation

HOST = "merge_engine."

ERASED_GUARDS = (
    Mutation(
        "erased-copies-are-erased-again",
        "what a restore of the register brings back of an erased person is erased again",
        HOST + "erased_keys",
        "return Standing(erasure, returned=True, old_document=old)",
        "return NEVER_ERASED",
        scenario=scenarios.erased_then_register_restored,
    ),
    Mutation(
        "list-is-asked",
        "each reconciliation asks the list of erased keys",
        "sync.reconcile",
        "listed = self.erased.of([member.kennitala for member in snapshot.members])",
        "listed = {}",
        scenario=scenarios.erased_then_firestore_restored,
    ),
    Mutation(
        "joining-again-is-asked-about",
        "somebody who was erased is no member again until staff let them in",
        HOST + "erased_keys",
        "return Standing(erasure, old_document=old, asks=True)",
        "return NEVER_ERASED",
        scenario=scenarios.entered_without_a_word,
    ),
    Mutation(
        "new-document-has-nothing-of-the-old",
        "the document of somebody who joined again replaces the one that was erased",
        HOST + "verdict_json",
        '"whole": verdict.base.erased,',
        '"whole": False,',
        scenario=scenarios.joined_again_then_firestore_restored,
    ),
    Mutation(
        "new-document-of-who-joined-again-counts",
        "a document from after the erasure is taken by a register that was restored from before it",
        HOST + "erased_keys",
        "found.old_document or not has_document)",
        "True)",
        scenario=scenarios.joined_again_then_register_restored,
    ),
    Mutation(
        "comparison-looks-for-the-erased",
        "the comparison looks at each member who was erased, even if both sides agree",
        "sync.comparison",
        "if was_erased(name) or not is_alike",
        "if not is_alike",
        scenario=scenarios.both_restored_to_one_moment,
    ),
    Mutation(
        "records-of-the-register-are-searched",
        "the erased are looked for among those whom only the register's records name",
        "sync.runs",
        "heapq.merge(remembered(self._batches.reconciler.peer, after), elsewhere)",
        "heapq.merge(elsewhere)",
        scenario=scenarios.erased_after_a_delete_then_register_restored,
    ),
    Mutation(
        "records-of-firestore-are-searched",
        "after a restore the erased are looked for among those whom only Firestore's records name",
        "sync.runs",
        "self._records.people(after) if self._is_decided else ()",
        "()",
        scenario=scenarios.erased_after_a_delete_then_firestore_restored,
    ),
    Mutation(
        "entries-are-forgotten",
        "an erasure removes the person's entries in `/sync_queue`",
        "members.forgetting",
        "self.sync.records.forget(erasure.kennitala)",
        "None",
        scenario=scenarios.erased_after_a_delete,
    ),
    Mutation(
        "order-is-later-than-the-list",
        "an erasure that is not on the list yet counts for more than the one that is",
        HOST + "erased_keys",
        "return presented.listed if ours.listed and presented.listed else",
        "return presented.listed if presented.listed else",
        scenario=scenarios.erased_once_more,
    ),
    Mutation(
        "old-numbers-are-forgotten",
        "an erasure reaches each number that the person had, and puts it on the list",
        HOST + "tests.in_memory.moves",
        "return dict(olds, **",
        "return dict({}, **",
        scenario=scenarios.corrected_and_erased_then_firestore_restored,
    ),
    Mutation(
        "erasure-ends-a-move",
        "what stands at an old number and is from before an erasure goes along to nobody",
        HOST + "moves",
        "if move not in ended], apart",
        "], apart",
        scenario=scenarios.joined_again_and_corrected_then_firestore_restored,
    ),
    Mutation(
        "base-at-the-old-number",
        "a base that still stands at the old number says that the member was synced before the erasure",
        HOST + "moves",
        "if move.new in read and found[move.old].returned:",
        "if False:",
        scenario=scenarios.corrected_and_erased_then_register_restored,
    ),
)
