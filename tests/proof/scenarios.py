"""Short schedules that random ones seldom meet: each is the smallest that a certain guard is for."""

from __future__ import annotations

from sync.order import Order
from tests.proof.simulation import KENNITALAS, Simulation
from tests.proof.stepping import Fault

MEMBER = KENNITALAS[0]


def _steps(simulation: Simulation, *faults: Fault) -> None:
    """A batch begins, and makes so many calls with these faults."""
    simulation.begin_batch()
    for fault in faults:
        simulation.step(-1, fault)


def _run(simulation: Simulation) -> None:
    """A pending run, and all events, each to its end; no time passes."""
    simulation.begin_run(Order())
    _finish(simulation)
    while simulation.firestore.events:
        simulation.deliver(0, again=False)
        _finish(simulation)


def _finish(simulation: Simulation) -> None:
    """Every worker comes to its end."""
    while simulation.workers:
        simulation.step(-1, Fault.NONE)


def _lose_a_creation(simulation: Simulation) -> None:
    """A member is entered, and the write that would create the document is still under way."""
    simulation.delete_in_django(MEMBER)
    _run(simulation)
    simulation.create_in_django(MEMBER)
    _steps(simulation, Fault.NONE, Fault.NONE, Fault.LATE)
    simulation.crash(-1)


def late_creation(simulation: Simulation) -> None:
    """It lands after another has created the document and the member has been deleted on both sides."""
    _lose_a_creation(simulation)
    simulation.wait(45)
    _run(simulation)
    simulation.delete_in_django(MEMBER)
    _run(simulation)
    simulation.network.land(0)


def write_in_flight(simulation: Simulation) -> None:
    """It lands after the member has been deleted again, when both sides agreed that nothing was to do."""
    _lose_a_creation(simulation)
    simulation.delete_in_django(MEMBER)
    _run(simulation)
    simulation.network.land(0)


def late_acknowledgement(simulation: Simulation) -> None:
    """It comes after the member has edited the document, and another worker has carried that."""
    simulation.edit_in_django(MEMBER, "name")
    _steps(simulation, Fault.NONE, Fault.NONE, Fault.NONE)
    slow = simulation.workers.pop()
    simulation.edit_in_firestore(MEMBER, "name", in_portal=True)
    simulation.begin_batch()
    _finish(simulation)
    slow.resume()
    slow.crash()
    simulation.edit_in_django(MEMBER, "name")


def deletion_of_what_states_little(simulation: Simulation) -> None:
    """Staff delete a member whose document, made anew with few fields, was merged but not written over."""
    simulation.delete_in_firestore(MEMBER)
    simulation.create_in_firestore(MEMBER)
    _steps(simulation, Fault.NONE, Fault.NONE)
    simulation.crash(-1)
    simulation.delete_in_django(MEMBER)


def deletion_of_a_new_number(simulation: Simulation) -> None:
    """An edit beats a deletion, so the member gets a new number; then the document is deleted too."""
    simulation.edit_in_firestore(MEMBER, "name", in_portal=False)
    simulation.delete_in_django(MEMBER)
    _steps(simulation, Fault.NONE, Fault.NONE)
    simulation.crash(-1)
    simulation.delete_in_firestore(MEMBER)


def write_of_an_unannounced_edit(simulation: Simulation) -> None:
    """Only the nightly run notices an edit, and it dies when it has decided what to write."""
    simulation.edit_in_firestore(MEMBER, "membership.joined", in_portal=False)
    simulation.drop(-1)
    _steps(simulation, Fault.NONE, Fault.NONE)
    simulation.crash(-1)


SCENARIOS = (
    late_creation,
    write_in_flight,
    late_acknowledgement,
    deletion_of_what_states_little,
    deletion_of_a_new_number,
    write_of_an_unannounced_edit,
)
