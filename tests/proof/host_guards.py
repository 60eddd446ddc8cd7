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
        "sync/sql/capture.sql",
        "current_setting('ekklesia.applying', true) = 'on'",
        "current_setting('ekklesia.applying', true) = 'never'",
        "sync.tests.test_capture.CaptureTests.test_the_syncs_own_changes_are_not_captured",
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
)
