"""Stores that are set back: to any earlier moment, in every way there is, and what a person then decides.

This module does not know how the sync notices it. The ledger goes on through a restore: it knows which value
is the older one, so whatever spreads back is a violation. What was only in the store that was replaced is
gone with it, and nobody can bring that back.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from merge_engine.tests.in_memory.tables import SYNCED
from sync.epochs import Epochs
from sync.held import Decider, situation_of
from sync.options import Store
from tests.functions.doubles.memory_store import Stored
from tests.proof.causality import Token, known_to
from tests.proof.numbers import KENNITALAS, person

if TYPE_CHECKING:
    from tests.proof.simulation import Simulation

PERSON = Decider("somebody", "superuser")
MINUTES_OF_AN_IMPORT = 2
Way = Literal["database", "import", "members", "one", "emptied", "no members"]
WAYS: tuple[Way, ...] = ("database", "import", "members", "one", "emptied", "no members")
"""A new database as of then; an import over what is there, of everything, of `members`, or of one of them;
everything gone, or `members` alone."""


@dataclass(frozen=True)
class Backup:
    """Both stores as of one moment, and the lives of the members then."""

    tables: Any
    operations_of_staff: int
    documents: dict[str, Stored]
    entries: dict[str, dict[str, Any]]
    carried: Any
    in_django: dict[str, Token]
    in_firestore: dict[str, Token]


class Restores:
    """What may be restored, and which store was, until a person has decided."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.backups: list[Backup] = []
        self.undecided: Store | None = None
        self._not_loaded: set[str] = set()

    def back_up(self) -> None:
        """Both stores as they are now; either may be restored to this moment."""
        simulation, firestore = self._simulation, self._simulation.firestore
        backup = Backup(
            simulation.django.tables,
            simulation.operations_of_staff,
            firestore.members,
            firestore.entries,
            firestore.carried,
            simulation.ledger.django,
            simulation.ledger.firestore,
        )
        shared = {id(life): life for life in [*backup.in_django.values(), *backup.in_firestore.values()]}
        self.backups.append(copy.deepcopy(backup, shared))

    def may_restore(self) -> bool:
        """Once, and one store: after a second time, the ledger cannot tell yet what is lost."""
        return not self._simulation.ledger.was_set_back

    def restore_register(self, backup: Backup | None, missing: str = "") -> None:
        """As of that backup; or, with None, a register without anything. What is under way there is gone.

        `missing`: a member whose rows were not loaded, past the triggers.
        """
        simulation = self._simulation
        tables = copy.deepcopy(backup.tables) if backup else type(simulation.django.tables)()
        tables.now = simulation.django.tables.now
        vars(simulation.django.tables).update(vars(tables))
        simulation.operations_of_staff = backup.operations_of_staff if backup else 0
        simulation.open_edits.clear()
        simulation.django.locked.clear()
        if simulation.django.tables.members.pop(missing, None):
            self._not_loaded.add(missing)
        # An emptied register knows nobody, so somebody who enters a member there knows of no earlier life.
        simulation.ledger.django.update(
            backup.in_django if backup else {member: Token("nobody") for member in KENNITALAS}
        )
        if backup:
            # An edit that was carried only after the backup counts as made since the restore.
            simulation.ledger.doubtful |= {row.ssn for row in tables.queue if row.status != SYNCED}
        simulation.erasures.bring_back_whom_the_list_lacks()
        self._is_set_back("register")

    def restore_firestore(self, backup: Backup, way: Way, member: str) -> None:
        """In one of the ways; `member`: the one whose document alone is imported."""
        firestore = self._simulation.firestore
        firestore.ticks += 60 * MINUTES_OF_AN_IMPORT
        if way in ("emptied", "no members"):
            firestore.members.clear()
        if way == "emptied":
            firestore.entries, firestore.carried = {}, None
        if way == "database":
            firestore.members = copy.deepcopy(backup.documents)
            firestore.entries, firestore.carried = copy.deepcopy((backup.entries, backup.carried))
            self._simulation.ledger.firestore.update(backup.in_firestore)
        if way in ("import", "members", "one"):
            self._import(backup, [member] if way == "one" else [*backup.documents])
        if way == "import":
            firestore.entries |= copy.deepcopy(backup.entries)
            firestore.carried = backup.carried and replace(backup.carried, update_time=firestore.now())
        self._is_set_back("firestore")

    def _import(self, backup: Backup, kennitalas: list[str]) -> None:
        for kennitala in kennitalas:
            if stored := backup.documents.get(kennitala):
                self._simulation.firestore.bring_back(kennitala, copy.deepcopy(stored.fields))
                self._simulation.ledger.firestore[kennitala] = backup.in_firestore[kennitala]

    def _is_set_back(self, store: Store) -> None:
        simulation = self._simulation
        self.undecided = store
        simulation.late_writers.looks.clear()  # what a script saw may be gone, so it looks again
        simulation.never_gone.clear()  # what Firestore alone holds is as the restored documents say
        if store == "firestore":
            self._forget_who_deleted()
            simulation.ledger.doubtful |= {member for member in KENNITALAS if self._is_unread(member)}
        simulation.unannounced |= {*simulation.ledger.django}
        for kennitala in simulation.ledger.django:
            sides = simulation.in_django(kennitala), simulation.in_firestore(kennitala)
            simulation.ledger.set_back(kennitala, *sides)

    def _is_unread(self, member: str) -> bool:
        """Whether the register knows nothing of a value in the document: it counts as written since."""
        simulation, ledger = self._simulation, self._simulation.ledger
        here = known_to([ledger.django[member], *ledger.tokens_of(member, simulation.in_django(member))])
        return not here.issuperset(ledger.tokens_of(member, simulation.in_firestore(member)))

    def _forget_who_deleted(self) -> None:
        """Who has no document now, nobody can say why: a document that is missing is made again."""
        ledger = self._simulation.ledger
        there = self._simulation.firestore.members
        ledger.unsure |= {life for name, life in ledger.firestore.items() if name not in there}

    def entered(self, kennitala: str) -> None:
        """Staff enter a member. The sync still knows one who was not loaded, and takes it for an edit."""
        if kennitala in self._not_loaded:
            ledger = self._simulation.ledger
            document = self._simulation.in_firestore(kennitala)
            ledger.accounted[person(kennitala)] |= {*ledger.tokens_of(kennitala, document)}

    def decide(self) -> None:
        """A person says which store was set back, if the sync has stopped, or holds deletions, for it."""
        simulation, store = self._simulation, self.undecided
        if store is None or not self.is_asked():
            return
        if simulation.sync.after_restore(store, PERSON)["settled"]:
            self.undecided = None
            simulation.ledger.doubtful.clear()

    def is_asked(self) -> bool:
        """Whether the sync wants a person to decide."""
        simulation = self._simulation
        stopped = Epochs.stopped(simulation.sync.reconciler)
        return stopped is not None or bool(situation_of(simulation.django).members)

    def edited(self, kennitala: str) -> None:
        """Somebody writes to a document that may have been set back: nothing tells old from new in it."""
        if self.undecided != "firestore":
            return
        ledger, known = self._simulation.ledger, self._simulation.django.tables.epoch
        ledger.doubtful.add(kennitala)
        carried = self._simulation.firestore.carried
        if carried is not None and carried.number >= known.confirmed and not known.stopped:
            # The number is not set back, and the document no longer shows it either.
            there = ledger.tokens_of(kennitala, self._simulation.in_django(kennitala))
            ledger.accounted[kennitala] |= {ledger.django[kennitala], *there}
