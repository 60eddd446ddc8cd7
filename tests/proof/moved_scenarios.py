"""Short schedules of corrected kennitalas: each is the smallest one that needs a certain guard."""

from __future__ import annotations

from tests.proof.numbers import KENNITALAS, NUMBERS
from tests.proof.scenarios import finish, lose_a_creation, run, steps
from tests.proof.simulation import Simulation
from tests.proof.stepping import Fault
from tests.proof.violation import ViolationError

OLD = KENNITALAS[0]
NEW, OTHER = [number for number in NUMBERS[OLD] if number != OLD]


def correction(simulation: Simulation) -> None:
    """A kennitala is corrected while the member edits."""
    simulation.edit_in_firestore(OLD, "profile.email", in_portal=True)
    simulation.renumber(OLD, NEW)
    simulation.edit_in_firestore(OLD, "name", in_portal=True)
    run(simulation)


def correction_seen_alone(simulation: Simulation) -> None:
    """Somebody asks for the new number alone."""
    simulation.renumber(OLD, NEW)
    simulation.sync.reconcile_member(NEW)
    if len({OLD, NEW} & {*simulation.firestore.members}) > 1:
        raise ViolationError("I14", "a corrected kennitala made a second document")


def chain_and_back(simulation: Simulation) -> None:
    """One number after the other, and back to the first, while nothing has arrived, and once all has."""
    for _ in range(2):
        for old, new in ((OLD, NEW), (NEW, OTHER), (OTHER, OLD)):
            simulation.renumber(old, new)
            simulation.edit_in_firestore(OLD, "profile.email", in_portal=True)
        run(simulation)


def undone_while_under_way(simulation: Simulation) -> None:
    """The write for the corrected number lands after the correction was undone."""
    simulation.renumber(OLD, NEW)
    steps(simulation, Fault.NONE, Fault.NONE, Fault.LATE)
    simulation.crash(-1)
    simulation.renumber(NEW, OLD)
    run(simulation)
    simulation.network.land(0)


def edit_after_a_lost_move(simulation: Simulation) -> None:
    """The worker dies before it writes to the new number, and the member edits the old document once more."""
    simulation.renumber(OLD, NEW)
    simulation.edit_in_firestore(OLD, "profile.email", in_portal=True)
    steps(simulation, Fault.NONE, Fault.NONE)
    simulation.crash(-1)
    simulation.edit_in_firestore(OLD, "profile.email", in_portal=True)
    run(simulation)


def edits_after_a_lost_acknowledgement(simulation: Simulation) -> None:
    """The same after a write to the old document of which nothing was heard."""
    simulation.edit_in_django(OLD, "name")
    steps(simulation, Fault.NONE, Fault.NONE, Fault.NONE)
    simulation.crash(-1)
    edit_after_a_lost_move(simulation)


def edit_before_the_move_lands(simulation: Simulation) -> None:
    """The member edits the old document after it was read, and before it is taken over."""
    simulation.renumber(OLD, NEW)
    steps(simulation, Fault.NONE, Fault.NONE)
    simulation.edit_in_firestore(OLD, "profile.email", in_portal=True)
    finish(simulation)


def creation_that_lands_at_the_old_number(simulation: Simulation) -> None:
    """A document that we were making at the old number appears after the correction arrived."""
    lose_a_creation(simulation)
    simulation.renumber(OLD, NEW)
    run(simulation)
    simulation.network.land(0)


def document_at_a_number_of_nobody(simulation: Simulation) -> None:
    """Long after a correction, somebody makes a document at the old number."""
    simulation.renumber(OLD, NEW)
    run(simulation)
    simulation.wait(7200)
    run(simulation)
    simulation.create_in_firestore(OLD)
    run(simulation)


MOVED_SCENARIOS = (
    correction,
    correction_seen_alone,
    chain_and_back,
    undone_while_under_way,
    edit_after_a_lost_move,
    edits_after_a_lost_acknowledgement,
    edit_before_the_move_lands,
    creation_that_lands_at_the_old_number,
    document_at_a_number_of_nobody,
)
