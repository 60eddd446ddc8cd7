"""The guards of the sync. Without any one of them the proof must fail; docs/sync.md has the same list."""

from __future__ import annotations

from tests.proof import scenarios
from tests.proof.mutations import Mutation

HOST = "merge_engine."

GUARDS = (
    Mutation(
        "precondition",
        "a write lands only on the document that was read",
        "tests.functions.doubles.memory_store",
        "if (stored.update_time if stored else None) != write.update_time:",
        "if False:",
    ),
    Mutation(
        "base-is-what-was-read",
        "the base is set to what was read, before anything is written",
        HOST + "decision",
        "base=next_base(base, agreed),",
        "base=next_base(base, agreed) if outcome == CLEAN else base,",
    ),
    Mutation(
        "base-by-operation",
        "an unacknowledged write of ours is the base if the document bears its mark",
        HOST + "base",
        "if intent and (intent.live or",
        "if intent and (False or",
        examples=1000,
    ),
    Mutation(
        "late-creation",
        "a creation of ours is recognised even if it lands after the deletion",
        HOST + "base",
        "late_creation = intent and not intent.live and",
        "late_creation = False and",
        scenario=scenarios.late_creation,
    ),
    Mutation(
        "stale-read",
        "a read older than the shadow's is dropped",
        HOST + "decision",
        "if read_time < known.shadow.read_time:",
        "if False:",
        examples=1000,
    ),
    Mutation(
        "acknowledgement-is-a-read",
        "an acknowledged write is newer than any read before it",
        HOST + "acknowledgement",
        "max(shadow.read_time, update_time or 0)",
        "shadow.read_time",
        scenario=scenarios.read_before_a_write,
    ),
    Mutation(
        "tombstone-base",
        "a deleted member's last values are the base if the member comes back",
        HOST + "base",
        "return Base(None, base.values or base.tombstone, False)",
        "return Base(None, None, False)",
        scenario=scenarios.new_document_of_one_who_was_kept,
    ),
    Mutation(
        "dirty-up-to-rev",
        "an acknowledgement clears the dirty mark only up to the revision that was written; a member that has"
        " moved on stays dirty",
        HOST + "acknowledgement",
        "    stores.outbox.finish_up_to([(item.kennitala, intents[item.operation].rev) for item in live])\n"
        "    moved = {item.kennitala for item in live if ",
        "    stores.outbox.finish([item.kennitala for item in live])\n"
        "    moved = {item.kennitala for item in live if False and ",
        scenario=scenarios.edit_during_a_write,
    ),
    Mutation(
        "live-intent",
        "only a live intent is acknowledged",
        HOST + "tests.in_memory.records",
        "if intent and intent.live}",
        "if intent}",
        scenario=scenarios.late_acknowledgement,
    ),
    Mutation(
        "intents-expire",
        "an intent dies when the document has moved on without it",
        HOST + "tests.in_memory.records",
        "intent.precondition_time != times[intent.ssn]:",
        "False:",
        scenario=scenarios.late_acknowledgement,
    ),
    Mutation(
        "dirty-until-acknowledged",
        "a member with a write under way is marked dirty",
        HOST + "batch",
        "for verdict in written + unsettled]",
        "for verdict in unsettled]",
        scenario=scenarios.write_of_an_unannounced_edit,
    ),
    Mutation(
        "write-in-flight",
        "a member on whom a write may still land stays dirty",
        HOST + "in_flight",
        "intent.precondition_time == update_time and",
        "False and",
        scenario=scenarios.write_in_flight,
    ),
    Mutation(
        "only-the-landed",
        "only a write that is known to have landed is acknowledged",
        "sync.reconcile",
        "if results[write.kennitala].fate is WriteFate.LANDED]",
        "if results[write.kennitala].fate is not WriteFate.REFUSED]",
    ),
    Mutation(
        "no-echo",
        "what the sync itself writes to the register is not captured",
        HOST + "tests.in_memory.tables",
        "if self.applying:",
        "if False:",
    ),
    Mutation(
        "no-cursor",
        "pending rows are found by status, not by a cursor",
        HOST + "tests.in_memory.outbox",
        "if self._is_due(row) and row.ssn not in held)\n",
        "if self._is_due(row) and row.ssn not in held and row.id > vars(self).get('cursor', 0))\n"
        "        self.cursor = max([vars(self).get('cursor', 0)] + [row.id for row in self._tables.queue])\n",
    ),
    Mutation(
        "lease-ends",
        "a lease runs out, so a dead worker holds nobody",
        HOST + "tests.in_memory.outbox",
        "row.leased_until = self._tables.now + lease_seconds",
        "row.leased_until = float('inf')",
    ),
    Mutation(
        "edit-beats-delete",
        "a member who was edited survives a deletion that did not know the edit",
        HOST + "merge",
        "if _is_untouched(present, base.values):",
        "if True:",
    ),
    Mutation(
        "unstated-is-no-edit",
        "a required field that a document does not state counts as no edit",
        HOST + "merge",
        "or (field.required and present[field.path] is None)",
        "or False",
        scenario=scenarios.deletion_of_what_states_little,
    ),
    Mutation(
        "given-is-no-edit",
        "a new number of the register counts as no edit",
        HOST + "merge",
        "if field.path not in GIVEN",
        "if True",
        scenario=scenarios.deletion_of_a_new_number,
    ),
    Mutation(
        "unstated-keeps-its-base",
        "if a document does not state a required field, that field's base stays what it was",
        HOST + "decision",
        "(field.required and theirs[field.path] is None)",
        "False",
        scenario=scenarios.deletion_of_the_document_that_states_little,
    ),
    Mutation(
        "erasure-beats-all",
        "everything that Firestore holds of an erased member is removed",
        HOST + "merge",
        "if django is None and base.erased:",
        "if False:",
    ),
    Mutation(
        "erased-document-is-not-looked-at",
        "a person who is entered again after an erasure takes nothing from the old document",
        HOST + "merge",
        "    if base.erased:\n        return Merged(fit(django)",
        "    if False:\n        return Merged(fit(django)",
        scenario=scenarios.entered_again_after_an_erasure,
    ),
    Mutation(
        "erased-value-goes-from-the-document",
        "the old document loses an erased value even if the register's own cannot be taken",
        HOST + "decision",
        "dict.fromkeys(merged.forgotten)",
        "{}",
        scenario=scenarios.garbage_over_what_was_erased,
    ),
    Mutation(
        "bad-value-stops-its-field",
        "a value that its field cannot take stops that field, and nothing else of the member",
        HOST + "decision",
        "        return _decide(presented, known, creation)\n    except",
        "        verdict = _decide(presented, known, creation)\n"
        "        if verdict.resting:\n"
        "            raise UnconvertibleError('a value cannot be taken')\n"
        "        return verdict\n"
        "    except",
    ),
    Mutation(
        "bad-value-is-no-edit",
        "a value that its field cannot take keeps nobody from being deleted",
        HOST + "merge",
        "or is_unfit(present[field.path])",
        "or False",
        scenario=scenarios.deletion_of_who_holds_garbage,
    ),
    Mutation(
        "resting-keeps-its-base",
        "the base of a field that rests stays what it was",
        HOST + "decision",
        "field.path in resting or (",
        "False or (",
        scenario=scenarios.write_beside_garbage,
    ),
    Mutation(
        "resting-is-told",
        "a document says which of its fields rest, and why",
        HOST + "decision",
        "presented.told == resting",
        "True",
    ),
    Mutation(
        "conflicts-are-logged",
        "a value that loses a conflict is in the log",
        HOST + "batch",
        "for verdict in decided for lost in verdict.conflicts]",
        "for verdict in decided for lost in []]",
    ),
    Mutation(
        "nightly-comparison",
        "the comparison finds a change that nothing announced",
        "sync.comparison",
        "if not (here and there and _agree(here, there, field_map)):",
        "if False:",
        scenario=scenarios.edit_that_nothing_announced,
    ),
)
