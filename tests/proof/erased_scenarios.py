"""Short schedules of erasures and restores: each is the smallest one that needs a certain guard."""

from __future__ import annotations

import copy
from collections.abc import Callable

from sync.options import Store
from tests.proof.numbers import KENNITALAS, NUMBERS
from tests.proof.restores import PERSON
from tests.proof.scenarios import run
from tests.proof.simulation import Simulation
from tests.proof.violation import ViolationError

MEMBER = KENNITALAS[0]
NEW = NUMBERS[MEMBER][1]


def erased_after_a_delete(simulation: Simulation) -> None:
    """Somebody was deleted long ago, and asks to be forgotten now."""
    simulation.edit_in_firestore(MEMBER, "profile.email", in_portal=True)
    run(simulation)
    simulation.delete_in_django(MEMBER)
    run(simulation)
    simulation.erasures.erase(MEMBER)


def erased_then_register_restored(simulation: Simulation) -> None:
    """The register is restored from before an erasure that both halves have forgotten."""
    restore = _kept_register(simulation)
    _erase_wholly(simulation)
    restore()
    _after_an_erasure(simulation, "register")


def erased_then_firestore_restored(simulation: Simulation) -> None:
    """The same with Firestore; an entry of the person's comes back, too."""
    simulation.edit_in_firestore(MEMBER, "profile.email", in_portal=True)
    run(simulation)
    restore = _kept_firestore(simulation)
    _erase_wholly(simulation)
    restore()
    _after_an_erasure(simulation, "firestore")


def erased_after_a_delete_then_register_restored(simulation: Simulation) -> None:
    """The restored register has no such member, but its records name them."""
    simulation.delete_in_django(MEMBER)
    run(simulation)
    restore = _kept_register(simulation)
    _erase_wholly(simulation)
    restore()
    _after_an_erasure(simulation, "register")


def erased_after_a_delete_then_firestore_restored(simulation: Simulation) -> None:
    """The restored Firestore has no such document, but an entry of the queue names the person."""
    simulation.edit_in_firestore(MEMBER, "profile.email", in_portal=True)
    run(simulation)
    simulation.delete_in_django(MEMBER)
    run(simulation)
    restore = _kept_firestore(simulation)
    _erase_wholly(simulation)
    restore()
    _after_an_erasure(simulation, "firestore")


def both_restored_to_one_moment(simulation: Simulation) -> None:
    """Both halves are restored to before an erasure. They agree, so nothing stops the sync."""
    restore_register = _kept_register(simulation)
    restore_firestore = _kept_firestore(simulation)
    _erase_wholly(simulation)
    restore_register()
    restore_firestore()
    simulation.compare()
    simulation.settle_down()
    _check_gone(simulation)


def joined_again_then_register_restored(simulation: Simulation) -> None:
    """The register is restored from before the erasure of somebody who has joined again since."""
    restore = _kept_register(simulation)
    _join_again(simulation)
    joined = simulation.in_django(MEMBER)
    restore()
    simulation.sync.after_restore("register", PERSON)
    simulation.settle_down()
    if simulation.in_django(MEMBER) != joined:
        raise ViolationError("I11", "a member who joined again is not as they were")


def joined_again_then_firestore_restored(simulation: Simulation) -> None:
    """The same with Firestore."""
    firestore = simulation.firestore
    firestore.edit(MEMBER, nickname="Nonni")
    run(simulation)
    restore = _kept_firestore(simulation)
    _join_again(simulation)
    joined = simulation.in_django(MEMBER)
    restore()
    simulation.sync.after_restore("firestore", PERSON)
    simulation.settle_down()
    if "nickname" in firestore.members[MEMBER].fields:
        raise ViolationError("I11", "the new document has what stood in the one that was erased")
    if simulation.in_django(MEMBER) != joined or simulation.in_firestore(MEMBER) != joined:
        raise ViolationError("I11", "a member who joined again is not as they were")


def entered_without_a_word(simulation: Simulation) -> None:
    """Somebody who was erased is entered again, and nobody says that they joined again."""
    _erase_wholly(simulation)
    simulation.create_in_django(MEMBER)
    run(simulation)
    simulation.compare()
    if MEMBER in simulation.firestore.members or MEMBER not in simulation.django.tables.members:
        raise ViolationError("I11", "somebody who was erased was entered again, and nobody was asked")


def erased_once_more(simulation: Simulation) -> None:
    """Somebody joins again, and asks to be forgotten for the second time."""
    _join_again(simulation)
    _erase_wholly(simulation)
    _check_gone(simulation)


def corrected_then_erased(simulation: Simulation) -> None:
    """Somebody is erased whose document stands at the old number, and who edits it there."""
    simulation.renumber(MEMBER, NEW)
    simulation.erasures.erase(NEW)
    simulation.edit_in_firestore(MEMBER, "profile.email", in_portal=True)
    run(simulation)


def corrected_and_erased_then_firestore_restored(simulation: Simulation) -> None:
    """Firestore is restored from before the kennitala was corrected; the erasure came after that."""
    simulation.edit_in_firestore(MEMBER, "profile.email", in_portal=True)
    run(simulation)
    restore = _kept_firestore(simulation)
    simulation.renumber(MEMBER, NEW)
    simulation.settle_down()
    _erase_wholly(simulation, NEW)
    restore()
    _after_an_erasure(simulation, "firestore")


def corrected_and_erased_then_register_restored(simulation: Simulation) -> None:
    """The restored register has the correction, which was not carried to Firestore then."""
    simulation.renumber(MEMBER, NEW)
    restore = _kept_register(simulation)
    simulation.settle_down()
    _erase_wholly(simulation, NEW)
    restore()
    _after_an_erasure(simulation, "register")


def corrected_and_erased_then_both_restored(simulation: Simulation) -> None:
    """Both halves are restored to a moment at which the correction was under way, with an edit."""
    simulation.renumber(MEMBER, NEW)
    simulation.edit_in_firestore(MEMBER, "profile.email", in_portal=True)
    restore_register = _kept_register(simulation)
    restore_firestore = _kept_firestore(simulation)
    simulation.settle_down()
    _erase_wholly(simulation, NEW)
    restore_register()
    restore_firestore()
    simulation.compare()
    simulation.settle_down()
    _check_gone(simulation)


def joined_again_and_corrected_then_firestore_restored(simulation: Simulation) -> None:
    """An import brings back the document of before the erasure; the number is an old one by now."""
    firestore = simulation.firestore
    firestore.edit(MEMBER, nickname="Nonni")
    run(simulation)
    fields = copy.deepcopy(firestore.members[MEMBER].fields)
    _join_again(simulation)
    simulation.renumber(MEMBER, NEW)
    simulation.settle_down()
    firestore.bring_back(MEMBER, fields)
    simulation.compare()
    simulation.settle_down()
    if "nickname" in firestore.members[NEW].fields:
        raise ViolationError("I11", "the new document has what stood in the one that was erased")


def corrected_to_a_number_that_was_erased(simulation: Simulation) -> None:
    """Somebody joins again, under a wrong number at first; the right one is on the list."""
    _erase_wholly(simulation)
    simulation.create_in_django(NEW)
    simulation.settle_down()
    simulation.renumber(NEW, MEMBER)
    run(simulation)
    if MEMBER in simulation.firestore.members:
        raise ViolationError("I11", "somebody who was erased was made a member again, and nobody was asked")
    simulation.settle_down()
    if not simulation.in_firestore(MEMBER) or simulation.in_firestore(NEW):
        raise ViolationError("I14", "the document did not go along to the right number")


def _kept_register(simulation: Simulation) -> Callable[[], None]:
    """What makes the register again what it is now."""
    tables = simulation.django.tables
    kept, operations = copy.deepcopy(tables), simulation.operations_of_staff

    def restore() -> None:
        vars(tables).update(vars(kept))
        simulation.operations_of_staff = operations

    return restore


def _kept_firestore(simulation: Simulation) -> Callable[[], None]:
    """The same of Firestore."""
    firestore = simulation.firestore
    kept = copy.deepcopy((firestore.members, firestore.entries, firestore.carried))

    def restore() -> None:
        firestore.members, firestore.entries, firestore.carried = kept

    return restore


def _erase_wholly(simulation: Simulation, number: str = MEMBER) -> None:
    """Until no record of either half names the person any more."""
    simulation.erasures.erase(number)
    for _ in range(2):
        simulation.settle_down()
    if simulation.erasures.is_named(MEMBER):
        raise ViolationError("I11", "a record still names somebody who was erased")


def _join_again(simulation: Simulation) -> None:
    _erase_wholly(simulation)
    simulation.create_in_django(MEMBER)
    simulation.settle_down()


def _after_an_erasure(simulation: Simulation, store: Store) -> None:
    """A person decides what counts; the erased stays erased."""
    simulation.sync.after_restore(store, PERSON)
    simulation.settle_down()
    _check_gone(simulation)


def _check_gone(simulation: Simulation) -> None:
    """By no number that the member ever had."""
    if any(simulation.in_django(number) or simulation.in_firestore(number) for number in NUMBERS[MEMBER]):
        raise ViolationError("I11", "a restore brought back somebody who was erased")


ERASED_SCENARIOS = (
    erased_after_a_delete,
    erased_then_register_restored,
    erased_then_firestore_restored,
    erased_after_a_delete_then_register_restored,
    erased_after_a_delete_then_firestore_restored,
    both_restored_to_one_moment,
    joined_again_then_register_restored,
    joined_again_then_firestore_restored,
    entered_without_a_word,
    erased_once_more,
    corrected_then_erased,
    corrected_and_erased_then_firestore_restored,
    corrected_and_erased_then_register_restored,
    corrected_and_erased_then_both_restored,
    joined_again_and_corrected_then_firestore_restored,
    corrected_to_a_number_that_was_erased,
)
