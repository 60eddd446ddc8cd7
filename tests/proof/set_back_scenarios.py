"""Short schedules in which a store is set back: each is the smallest one that needs a certain guard."""

from __future__ import annotations

import copy
from collections.abc import Callable

from sync.epochs import Epochs
from sync.options import Store
from sync.order import Order
from tests.proof.ledger import STAFF_ONLY
from tests.proof.restores import PERSON
from tests.proof.scenarios import MEMBER, finish, run, steps
from tests.proof.simulation import Simulation
from tests.proof.stepping import Fault
from tests.proof.violation import ViolationError


def late_read(simulation: Simulation) -> None:
    """A worker presents what it read before other runs had moved the epoch on."""
    simulation.edit_in_django(MEMBER, "name")
    steps(simulation, Fault.NONE)
    slow = simulation.workers.pop()
    for _ in range(3):
        simulation.edit_in_django(MEMBER, "name")
        run(simulation)
    slow.finish()


def register_set_back(simulation: Simulation) -> None:
    """The register is restored from a backup, and a person decides what counts."""
    tables = simulation.django.tables
    backup, operations = copy.deepcopy(tables), simulation.operations_of_staff
    _edit_on_both_sides(simulation)

    def restore() -> None:
        vars(tables).update(vars(backup))
        simulation.operations_of_staff = operations

    _set_back(simulation, restore, "register", is_seen_at_once=True)


def firestore_set_back(simulation: Simulation) -> None:
    """Firestore is restored from an export, and a person decides what counts."""
    firestore = simulation.firestore
    backup = copy.deepcopy((firestore.members, firestore.entries, firestore.carried))
    _edit_on_both_sides(simulation)

    def restore() -> None:
        firestore.members, firestore.entries, firestore.carried = backup

    _set_back(simulation, restore, "firestore", is_seen_at_once=True)


def members_set_back(simulation: Simulation) -> None:
    """`members` alone is imported from an export that is older than a write of ours; the epoch stays."""
    simulation.restores.back_up()
    simulation.edit_in_django(MEMBER, "profile.email")
    run(simulation)
    _import_of_members(simulation)


def unacknowledged_write_set_back(simulation: Simulation) -> None:
    """The export has a write of ours that was seen in the document and never acknowledged."""
    simulation.edit_in_django(MEMBER, "profile.email")
    steps(simulation, Fault.NONE, Fault.NONE, Fault.LOST_ANSWER)
    finish(simulation)
    simulation.restores.back_up()
    simulation.edit_in_django(MEMBER, "profile.email")
    run(simulation)
    _import_of_members(simulation)


def edit_set_back(simulation: Simulation) -> None:
    """The export is older than a member's edit, after which the sync had nothing to write."""
    simulation.restores.back_up()
    simulation.edit_in_firestore(MEMBER, "profile.email", in_portal=True)
    run(simulation)
    _import_of_members(simulation)


def garbage_set_back(simulation: Simulation) -> None:
    """A value that no field takes rests in the document; an export that has it, too, is imported."""
    simulation.spoil_in_firestore(MEMBER, "profile.email")
    run(simulation)
    simulation.restores.back_up()
    simulation.edit_in_django(MEMBER, "name")
    run(simulation)
    simulation.restores.restore_firestore(simulation.restores.backups[-1], "members", MEMBER)
    run(simulation)
    simulation.restores.decide()


def garbage_from_before_it_was_written_over(simulation: Simulation) -> None:
    """The same, but that the member had written a good value since the export."""
    simulation.spoil_in_firestore(MEMBER, "profile.email")
    run(simulation)
    simulation.restores.back_up()
    simulation.edit_in_firestore(MEMBER, "profile.email", in_portal=True)
    run(simulation)
    _import_of_members(simulation)


def register_set_back_between_two_numbers(simulation: Simulation) -> None:
    """The backup is as old as the last number; since then, events alone have carried something."""
    simulation.restores.back_up()
    simulation.edit_in_django(MEMBER, STAFF_ONLY)
    simulation.begin_batch()
    finish(simulation)
    backup = simulation.restores.backups[-1]
    _set_back(simulation, lambda: simulation.restores.restore_register(backup), "register")


def register_half_loaded(simulation: Simulation) -> None:
    """A member's rows are not loaded, past the triggers; both stores are as they were otherwise."""
    simulation.restores.back_up()
    backup = simulation.restores.backups[-1]
    _set_back(simulation, lambda: simulation.restores.restore_register(backup, MEMBER), "register")


def register_set_back_to_before_a_bad_value(simulation: Simulation) -> None:
    """The document says that a field rests; the register is restored to when its value was good."""
    simulation.restores.back_up()
    simulation.spoil_in_django(MEMBER, "profile.email")
    run(simulation)
    simulation.restores.restore_register(simulation.restores.backups[-1])


def decision_that_leaves_somebody(simulation: Simulation) -> None:
    """A deleted member's document is imported, and its deletion is held: it is one of too many."""
    simulation.restores.back_up()
    simulation.delete_in_django(MEMBER)
    run(simulation)
    simulation.restores.restore_firestore(simulation.restores.backups[-1], "one", MEMBER)
    run(simulation)
    held = {"reason": "deletions", "where": "firestore", "fingerprint": "of many"}
    simulation.django.stores.records.hold([(MEMBER, held)], 0)
    simulation.restores.decide()
    run(simulation)


def _import_of_members(simulation: Simulation) -> None:
    backup = simulation.restores.backups[-1]
    _set_back(
        simulation, lambda: simulation.restores.restore_firestore(backup, "members", MEMBER), "firestore"
    )


def _edit_on_both_sides(simulation: Simulation) -> None:
    for _ in range(2):
        simulation.edit_in_django(MEMBER, STAFF_ONLY)
        simulation.edit_in_firestore(MEMBER, "profile.email", in_portal=True)
        run(simulation)


def _set_back(
    simulation: Simulation, restore: Callable[[], None], store: Store, *, is_seen_at_once: bool = False
) -> None:
    """`is_seen_at_once`: by a run that reads no document of a member."""
    newest = simulation.in_django(MEMBER)
    restore()
    if is_seen_at_once and Epochs.stopped(simulation.sync.reconciler) is None:
        raise ViolationError("I8", "the epoch does not show that a store was set back")
    before = simulation.in_django(MEMBER), simulation.in_firestore(MEMBER)
    for order in (Order(), Order(mode="full")):
        simulation.begin_run(order)
        finish(simulation)
        simulation.begin_batch()
        finish(simulation)
    if (simulation.in_django(MEMBER), simulation.in_firestore(MEMBER)) != before:
        raise ViolationError("I8", "a store that was set back spread what it holds")
    simulation.sync.after_restore(store, PERSON)
    simulation.restores.undecided = None
    run(simulation)
    if simulation.in_django(MEMBER) != newest or simulation.in_firestore(MEMBER) != newest:
        raise ViolationError("I8", "after the decision the newest values are not back")


SET_BACK_SCENARIOS = (
    late_read,
    register_set_back,
    firestore_set_back,
    members_set_back,
    unacknowledged_write_set_back,
    edit_set_back,
    garbage_set_back,
    garbage_from_before_it_was_written_over,
    register_set_back_between_two_numbers,
    register_half_loaded,
    register_set_back_to_before_a_bad_value,
    decision_that_leaves_somebody,
)
