"""Guards of the site itself, and for each the test of its own suite that must fail without it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HostGuard:
    """A file of the site, what is replaced in it, and the test that must then fail."""

    name: str
    file: str
    old: str
    new: str
    test: str


HOST_GUARDS = (
    HostGuard(
        "trigger-ignores-the-sync",
        "sync/sql/moves.sql",
        "current_setting('ekklesia.applying', true) = 'on'",
        "current_setting('ekklesia.applying', true) = 'never'",
        "sync.tests.test_capture.CaptureTests.test_the_syncs_own_changes_are_not_captured",
    ),
    HostGuard(
        "correction-is-a-move",
        "sync/sql/moves.sql",
        "PERFORM sync_note_move(OLD.ssn, NEW.ssn);",
        "",
        "sync.tests.test_moves.CorrectionTests"
        ".test_the_new_document_takes_over_the_old_one_with_an_edit_under_way",
    ),
    HostGuard(
        "earlier-code-leaves-moves-alone",
        "sync/sql/moves.sql",
        "UPDATE sync_shadow SET read_time = 9223372036854775807 WHERE ssn IN (earlier, present);",
        "",
        "sync.tests.test_moves.CorrectionTests.test_both_numbers_are_dirty_and_no_earlier_code_touches_them",
    ),
    HostGuard(
        "cloud-without-moves-waits",
        "merge_engine/moves.py",
        "if not presented.knows_moves:",
        "if False:",
        "sync.tests.test_moves.CorrectionTests.test_a_cloud_that_knows_of_no_moves_waits",
    ),
    HostGuard(
        "claim-leases",
        "sync/sql/claim.sql",
        "SET leased_until = now() + %s * interval '1 second'",
        "SET leased_until = now() - %s * interval '1 second'",
        "sync.tests.test_outbox.ClaimTests.test_lease_that_ran_out_is_claimed_again",
    ),
    HostGuard(
        "claim-skips-the-locked",
        "sync/sql/claim.sql",
        "FOR UPDATE SKIP LOCKED",
        "FOR UPDATE",
        "sync.tests.test_outbox.ClaimTests.test_two_workers_never_claim_the_same_member",
    ),
    HostGuard(
        "deletions-are-held",
        "merge_engine/deletion_guard.py",
        "len(wanted) + others > limit(members)",
        "False",
        "sync.tests.test_deletion_guard.DeletionGuardTests"
        ".test_a_few_are_carried_out_and_one_by_one_there_are_no_more_of_them",
    ),
    HostGuard(
        "deletions-from-firestore-wait",
        "merge_engine/deletion_guard.py",
        "{verdict.presented.kennitala for verdict in verdicts if verdict.before is not None} | held",
        "held",
        "sync.tests.test_deletion_guard.DeletionGuardTests.test_a_single_one_that_comes_from_firestore_waits",
    ),
    HostGuard(
        "epoch-before-the-merge",
        "sync/apply.py",
        "        in_step.require(carried)",
        "        pass",
        "sync.tests.test_in_step.EpochTests"
        ".test_set_back_is_told_by_epoch_and_by_apply_and_nothing_is_merged",
    ),
    HostGuard(
        "api-compares-what-was-seen",
        "membership/preconditions.py",
        "if tag_of(self.get_serializer(self.get_object()).data) not in given:",
        "if False:",
        "membership.tests.test_preconditions.PreconditionTests"
        ".test_what_was_read_earlier_reverts_nobodys_edit",
    ),
    HostGuard(
        "set-back-is-remembered",
        "sync/apply.py",
        "    with in_step.remembering(), transaction.atomic():",
        "    with transaction.atomic():",
        "sync.tests.test_set_back.SetBackTests.test_an_earlier_mark_stops_the_sync_until_a_person_decides",
    ),
    HostGuard(
        "deletions-of-the-day-count",
        "sync/sql/deletions_since.sql",
        "AND action = 'delete' AND changed_by <> 'sync'",
        "AND false",
        "sync.tests.test_deletion_guard.DeletionGuardTests"
        ".test_a_register_that_is_being_loaded_again_deletes_nobody",
    ),
    HostGuard(
        "refused-batch-is-halved",
        "sync/apply.py",
        "        return _merge_apart(presented, read_time, word)",
        "        return [_merge_alone(member, read_time, word) for member in presented]",
        "sync.tests.test_apart.ApartTests.test_one_locked_row_costs_a_few_calls",
    ),
    HostGuard(
        "claim-despite-a-wrong-clock",
        "sync/sql/claim.sql",
        "interval '1 hour'",
        "interval '1000 years'",
        "sync.tests.test_outbox.ClaimTests.test_times_of_a_clock_that_was_ahead_keep_nobody_waiting",
    ),
)
