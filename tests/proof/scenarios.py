"""Short schedules that random ones seldom hit: each is the smallest one that needs a certain guard."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

from sync import comparison
from sync.order import Order
from tests.proof.numbers import KENNITALAS
from tests.proof.simulation import MOST_DELIVERIES, Simulation
from tests.proof.stepping import Fault
from tests.proof.violation import ViolationError

MEMBER = KENNITALAS[0]
NEW_FIELD = "profile.email"
"""The field that one of two releases does not know."""


def steps(simulation: Simulation, *faults: Fault) -> None:
    """A batch begins and makes one call for each fault."""
    simulation.begin_batch()
    for fault in faults:
        simulation.step(-1, fault)


def run(simulation: Simulation) -> None:
    """A pending run, and all events, each to its end; no time passes."""
    simulation.begin_run(Order())
    finish(simulation)
    for _ in range(MOST_DELIVERIES):
        if not simulation.firestore.events:
            return
        simulation.deliver(0, again=False)
        finish(simulation)


def finish(simulation: Simulation) -> None:
    """Every worker comes to its end."""
    while simulation.workers:
        simulation.step(-1, Fault.NONE)


def lose_a_creation(simulation: Simulation) -> None:
    """A member is entered, and the write that would create the document is still under way."""
    simulation.delete_in_django(MEMBER)
    run(simulation)
    simulation.create_in_django(MEMBER)
    steps(simulation, Fault.NONE, Fault.NONE, Fault.LATE)
    simulation.crash(-1)


def late_creation(simulation: Simulation) -> None:
    """The write lands after another has created the document and both sides have deleted the member."""
    lose_a_creation(simulation)
    simulation.wait(45)
    run(simulation)
    simulation.delete_in_django(MEMBER)
    run(simulation)
    simulation.network.land(0)


def creation_after_a_foreign_document(simulation: Simulation) -> None:
    """An edit beats a deletion. The new document lands after somebody's own was read, and deleted again."""
    simulation.edit_in_django(MEMBER, "name")
    simulation.delete_in_firestore(MEMBER)
    steps(simulation, Fault.NONE, Fault.NONE, Fault.LATE)
    simulation.crash(-1)
    simulation.create_in_firestore(MEMBER)
    steps(simulation, Fault.NONE, Fault.NONE)
    simulation.crash(-1)
    simulation.delete_in_firestore(MEMBER)
    simulation.network.land(0)


def write_in_flight(simulation: Simulation) -> None:
    """The write lands after the member was deleted again and both sides had agreed."""
    lose_a_creation(simulation)
    simulation.delete_in_django(MEMBER)
    run(simulation)
    simulation.network.land(0)


def late_acknowledgement(simulation: Simulation) -> None:
    """The acknowledgement comes after the member edited the document and another worker carried that edit."""
    simulation.edit_in_django(MEMBER, "name")
    steps(simulation, Fault.NONE, Fault.NONE, Fault.NONE)
    slow = simulation.workers.pop()
    simulation.edit_in_firestore(MEMBER, "name", in_portal=True)
    simulation.begin_batch()
    finish(simulation)
    slow.resume()
    slow.crash()
    simulation.edit_in_django(MEMBER, "name")


def deletion_of_what_states_little(simulation: Simulation) -> None:
    """Staff delete a member whose new document, with few fields, was merged but not yet written."""
    simulation.delete_in_firestore(MEMBER)
    simulation.create_in_firestore(MEMBER)
    steps(simulation, Fault.NONE, Fault.NONE)
    simulation.crash(-1)
    simulation.delete_in_django(MEMBER)


def deletion_of_a_new_number(simulation: Simulation) -> None:
    """An edit beats a deletion, so the member gets a new number; then the document is deleted too."""
    simulation.edit_in_firestore(MEMBER, "name", in_portal=False)
    simulation.delete_in_django(MEMBER)
    steps(simulation, Fault.NONE, Fault.NONE)
    simulation.crash(-1)
    simulation.delete_in_firestore(MEMBER)


def write_of_an_unannounced_edit(simulation: Simulation) -> None:
    """Only the nightly run notices an edit, and its worker dies after it has decided what to write."""
    simulation.edit_in_firestore(MEMBER, "membership.joined", in_portal=False)
    simulation.drop(-1)
    steps(simulation, Fault.NONE, Fault.NONE)
    simulation.crash(-1)


def deletion_of_who_holds_garbage(simulation: Simulation) -> None:
    """A member writes what no field takes; staff delete the member."""
    simulation.spoil_in_firestore(MEMBER, "profile.email")
    run(simulation)
    simulation.delete_in_django(MEMBER)
    run(simulation)
    if MEMBER in simulation.firestore.members:
        raise ViolationError("I13", "a bad value kept a member from being deleted")


def write_beside_garbage(simulation: Simulation) -> None:
    """Staff edit another field than the one that rests, and the worker dies before its write is made."""
    simulation.spoil_in_firestore(MEMBER, "profile.email")
    simulation.edit_in_django(MEMBER, "name")
    steps(simulation, Fault.NONE, Fault.NONE)
    simulation.crash(-1)


def read_before_a_write(simulation: Simulation) -> None:
    """A worker read the document before another one's write, and presents it after the acknowledgement."""
    simulation.edit_in_django(MEMBER, "name")
    steps(simulation, Fault.NONE, Fault.NONE)
    steps(simulation, Fault.NONE)
    for _ in ("write", "acknowledgement"):
        simulation.step(0, Fault.NONE)
    finish(simulation)


def edit_during_a_write(simulation: Simulation) -> None:
    """Staff edit a member between a write and its acknowledgement."""
    simulation.edit_in_django(MEMBER, "name")
    steps(simulation, Fault.NONE, Fault.NONE, Fault.NONE)
    simulation.edit_in_django(MEMBER, "name")
    simulation.step(-1, Fault.NONE)


def new_document_of_one_who_was_kept(simulation: Simulation) -> None:
    """An edit beats a deletion, and before that is written somebody enters the member in the cloud again."""
    simulation.edit_in_django(MEMBER, "profile.email")
    simulation.delete_in_firestore(MEMBER)
    steps(simulation, Fault.NONE, Fault.NONE)
    simulation.crash(-1)
    simulation.create_in_firestore(MEMBER)
    run(simulation)


def edit_that_nothing_announced(simulation: Simulation) -> None:
    """Somebody edits the document, and its event never comes."""
    simulation.edit_in_firestore(MEMBER, "name", in_portal=False)
    simulation.drop(-1)


def comparisons_without_time(simulation: Simulation) -> None:
    """The time of each run is over after one page; nothing announces that the last member differs."""
    simulation.edit_in_firestore(KENNITALAS[-1], "name", in_portal=False)
    simulation.drop(-1)
    hurried = replace(
        simulation.sync, limits=simulation.sync.limits.model_copy(update={"budget_seconds": 1e-9})
    )
    with mock.patch.object(comparison, "HASH_PAGE", 1):
        runs = [hurried.run(Order(mode="full"))["drift"] for _ in KENNITALAS]
    if not runs[0]["left"]:
        raise ViolationError("I12", "a run went on though its time was over")
    if simulation.differs(KENNITALAS[-1]):
        raise ViolationError("I12", "a member had no turn in as many runs as there are pages")


def entered_again_after_an_erasure(simulation: Simulation) -> None:
    """Staff erase a member, and enter the same person before the document is gone."""
    simulation.erasures.erase(MEMBER)
    simulation.create_in_django(MEMBER)
    run(simulation)


def deletion_of_the_document_that_states_little(simulation: Simulation) -> None:
    """A new document with few fields was merged but not yet written, and is deleted by whoever made it."""
    simulation.delete_in_firestore(MEMBER)
    simulation.create_in_firestore(MEMBER)
    steps(simulation, Fault.NONE, Fault.NONE)
    simulation.crash(-1)
    simulation.delete_in_firestore(MEMBER)
    run(simulation)
    simulation.begin_release()
    finish(simulation)
    if MEMBER in simulation.django.tables.members:
        raise ViolationError("I4", "what a document did not state kept a member from being deleted")


def garbage_over_what_was_erased(simulation: Simulation) -> None:
    """A person is entered again after an erasure, with a bad value, while the old document is still there."""
    simulation.erasures.erase(MEMBER)
    simulation.create_in_django(MEMBER)
    simulation.spoil_in_django(MEMBER, "profile.email")
    run(simulation)


def the_same_garbage_again(simulation: Simulation) -> None:
    """A document is made again, with the bad value whose loss was logged before the write came."""
    simulation.delete_in_django(MEMBER)
    simulation.create_in_django(MEMBER)
    simulation.spoil_in_firestore(MEMBER, "profile.email")
    steps(simulation, Fault.NONE, Fault.NONE)
    simulation.delete_in_firestore(MEMBER)
    simulation.create_in_firestore(MEMBER)
    simulation.spoil_in_firestore(MEMBER, "profile.email")


def night_of_two_releases(simulation: Simulation) -> None:
    """Django knows a field that the cloud does not; staff edit another one, and the comparison runs."""
    simulation.deploy("cloud", NEW_FIELD)
    simulation.edit_in_django(MEMBER, "name")
    simulation.compare()
    if (simulation.in_django(MEMBER) or {})[NEW_FIELD] is None:
        raise ViolationError("I9", "the value of a field that one half does not know is gone")


def quiet_night_of_two_releases(simulation: Simulation) -> None:
    """Both sides hold the same, and Django is rolled back to before one of the fields."""
    simulation.deploy("host", NEW_FIELD)
    drift = simulation.compare()["drift"]
    if drift["differences"] or drift["agreed"]:
        raise ViolationError("I5", "the comparison looked at members who agree in all that both halves know")


def edit_of_a_field_that_rests(simulation: Simulation) -> None:
    """While Django is rolled back, a member edits the field that it no longer knows, and staff another."""
    simulation.deploy("host", NEW_FIELD)
    simulation.edit_in_django(MEMBER, "name")
    run(simulation)
    simulation.edit_in_firestore(MEMBER, NEW_FIELD, in_portal=False)
    run(simulation)
    simulation.deploy()
    simulation.compare()
    if simulation.logged(MEMBER):
        raise ViolationError("I3", "an edit that knew the other is in the conflict log")


def deletion_between_two_releases(simulation: Simulation) -> None:
    """A member edits a field that Django does not know; staff delete the member meanwhile."""
    simulation.deploy("host", NEW_FIELD)
    simulation.edit_in_firestore(MEMBER, NEW_FIELD, in_portal=False)
    simulation.delete_in_django(MEMBER)
    simulation.begin_run(Order())
    finish(simulation)


def document_made_by_the_older_release(simulation: Simulation) -> None:
    """The document is deleted, and made again by a half that does not know one of the fields."""
    simulation.edit_in_django(MEMBER, "name")
    simulation.delete_in_firestore(MEMBER)
    simulation.deploy("cloud", NEW_FIELD)
    run(simulation)
    simulation.deploy()
    simulation.compare()
    if (simulation.in_django(MEMBER) or {})[NEW_FIELD] is None:
        raise ViolationError("I9", "the value that an older release could not write is gone")


def read_before_a_hold(simulation: Simulation) -> None:
    """A worker has read the document; it is deleted, and that is held; then the first worker's call lands."""
    simulation.firestore.edit(MEMBER, profile__noSuchField="somebody else's")
    simulation.deliver(0, again=False)
    simulation.step(-1, Fault.NONE)
    simulation.delete_in_firestore(MEMBER)
    simulation.deliver(len(simulation.firestore.events) - 1, again=False)
    finish(simulation)


def clock_set_back(simulation: Simulation) -> None:
    """A worker leases a member and dies; then the host's clock, which was a day ahead, is set right."""
    simulation.edit_in_django(MEMBER, "name")
    simulation.begin_run(Order())
    for _ in range(3):
        simulation.step(-1, Fault.NONE)
    simulation.crash(-1)
    simulation.move_the_clock(-(10.0**6))


def clock_set_back_during_a_write(simulation: Simulation) -> None:
    """A creation may still land, and the member is deleted again; then the clock is set right."""
    simulation.delete_in_django(MEMBER)
    run(simulation)
    simulation.create_in_django(MEMBER)
    steps(simulation, Fault.NONE, Fault.NONE, Fault.LOST_REQUEST)
    simulation.crash(-1)
    simulation.delete_in_django(MEMBER)
    simulation.move_the_clock(-(10.0**6))


SCENARIOS = (
    late_creation,
    creation_after_a_foreign_document,
    write_in_flight,
    late_acknowledgement,
    deletion_of_what_states_little,
    deletion_of_the_document_that_states_little,
    deletion_of_a_new_number,
    write_of_an_unannounced_edit,
    deletion_of_who_holds_garbage,
    write_beside_garbage,
    read_before_a_write,
    edit_during_a_write,
    new_document_of_one_who_was_kept,
    edit_that_nothing_announced,
    comparisons_without_time,
    entered_again_after_an_erasure,
    garbage_over_what_was_erased,
    the_same_garbage_again,
    read_before_a_hold,
    clock_set_back,
    clock_set_back_during_a_write,
    night_of_two_releases,
    quiet_night_of_two_releases,
    edit_of_a_field_that_rests,
    deletion_between_two_releases,
    document_made_by_the_older_release,
)
