"""Checks the invariants of docs/sync.md on a simulation, at any moment and after all faults are over.

The ledger checks I3 and I4, at each write.
"""

from __future__ import annotations

from tests.proof.garbage import ALL, IN_FIRESTORE
from tests.proof.numbers import ALL_NUMBERS, KENNITALAS
from tests.proof.simulation import Simulation
from tests.proof.violation import ViolationError

QUIET_RUNS = 2


def check_now(simulation: Simulation) -> None:
    """I5: only staff are captured. I7: every difference is announced. I8: a healthy pair goes on."""
    if simulation.django.tables.epoch.stopped and simulation.restores.undecided is None:
        raise ViolationError("I8", "the sync is stopped, though no store was set back")
    if simulation.django.tables.captures != simulation.operations_of_staff:
        raise ViolationError("I5", "the sync captured its own write: an echo")
    for kennitala in ALL_NUMBERS:
        if not simulation.is_known_to_differ(kennitala) and simulation.differs(kennitala):
            raise ViolationError("I7", f"{kennitala} differs, and nothing announces it")


def check_at_the_end(simulation: Simulation) -> None:
    """End every fault and let the sync settle, correct the spoilt values, then check every invariant."""
    _end_faults(simulation)
    _decide(simulation)
    _settle(simulation)
    _check_only_the_spoilt_rests(simulation)
    _mend(simulation)
    _settle(simulation)
    _check_convergence(simulation)
    _check_one_entry(simulation)
    _check_nothing_lost(simulation)
    _check_erasure(simulation)
    _check_quiet(simulation)


def _end_faults(simulation: Simulation) -> None:
    while simulation.open_edits:
        simulation.commit_edit_in_django(0)
    while simulation.workers:
        simulation.crash(0)
    while simulation.network.in_flight:
        simulation.network.land(0)
    simulation.deploy()


def _decide(simulation: Simulation) -> None:
    """Whatever was set back shows in a comparison of everybody; then a person decides."""
    for _ in range(2):
        if simulation.restores.undecided is not None:
            simulation.compare()
            simulation.restores.decide()
    simulation.restores.undecided = None


def _settle(simulation: Simulation) -> None:
    simulation.settle_down()
    _check_progress(simulation)
    if simulation.unannounced:
        simulation.compare()
        simulation.settle_down()


def _check_only_the_spoilt_rests(simulation: Simulation) -> None:
    """I13: a bad value stops its own field, the sync says so, and everything else is as it should be."""
    for kennitala in ALL_NUMBERS:
        left = simulation.differences(kennitala)
        told = simulation.resting(kennitala)
        if left - simulation.spoilt(kennitala):
            raise ViolationError("I13", f"{kennitala}: {sorted(left)} differ beside what is spoilt")
        if left - told.keys():
            raise ViolationError("I13", f"{kennitala}: {sorted(left)} differ, and nobody is told")
        if simulation.told_in_the_document(kennitala) != told:
            raise ViolationError("I13", f"{kennitala}: the document does not say what rests")


def _mend(simulation: Simulation) -> None:
    """Whoever wrote a bad value writes a good one."""
    for kennitala in ALL_NUMBERS:
        for path, value in (simulation.in_firestore(kennitala) or {}).items():
            if path in IN_FIRESTORE and value in ALL:
                simulation.edit_in_firestore(kennitala, path, in_portal=True)
        for path, value in (simulation.in_django(kennitala) or {}).items():
            if value in ALL:
                simulation.edit_in_django(kennitala, path)


def _check_progress(simulation: Simulation) -> None:
    """I6: a few runs are enough; nothing waits for ever."""
    if simulation.is_announced():
        raise ViolationError("I6", "after all runs something is still announced")


def _check_convergence(simulation: Simulation) -> None:
    for kennitala in ALL_NUMBERS:
        ours, theirs = simulation.in_django(kennitala), simulation.in_firestore(kennitala)
        if ours != theirs:
            raise ViolationError("I1", f"the sides differ: {ours} and {theirs}")


def _check_one_entry(simulation: Simulation) -> None:
    """I14: whoever got another number is there once, with what lives in Firestore alone."""
    for kennitala in KENNITALAS:
        if not simulation.is_one(kennitala):
            raise ViolationError("I14", f"{kennitala} is there twice, or lost what Firestore alone holds")


def _check_nothing_lost(simulation: Simulation) -> None:
    for kennitala in KENNITALAS:
        here, there = simulation.here(kennitala), simulation.there(kennitala)
        sides = simulation.in_django(here), simulation.in_firestore(there)
        if lost := simulation.ledger.lost(kennitala, *sides, simulation.logged(kennitala)):
            raise ViolationError("I2", f"lost: {lost}")


def _check_erasure(simulation: Simulation) -> None:
    """No value that either side held when a member was erased is kept anywhere."""
    for kennitala in [*simulation.erasures.forgotten]:
        if left := simulation.erasures.left(kennitala):
            raise ViolationError("I11", f"values of the erased {kennitala} are left: {left}")
        if kennitala in simulation.erasures.nameless and simulation.erasures.is_named(kennitala):
            raise ViolationError("I11", f"a record still names the erased {kennitala}")


def _check_quiet(simulation: Simulation) -> None:
    before = simulation.measure()
    for _ in range(QUIET_RUNS):
        simulation.settle_down()
        simulation.compare()
        simulation.sync.reconciler.reconcile([*simulation.django.tables.shadows])
    if simulation.measure() != before:
        raise ViolationError("I5", "a run wrote though both sides agreed")
