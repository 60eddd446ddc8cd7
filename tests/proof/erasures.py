"""Whom staff erase, whom they let in again, and what must not be left of the erased in any record."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from members.forgetting import Forgetting
from tests.functions.doubles.no_users import NO_USERS
from tests.proof.garbage import ALL
from tests.proof.ledger import TRACKED
from tests.proof.numbers import NUMBERS, person

if TYPE_CHECKING:
    from tests.proof.simulation import Simulation


class Erasures:
    """The erased of one simulation."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.forgotten: dict[str, set[str]] = defaultdict(set)
        """By kennitala of an erased member: the values that either side held then."""
        self.nameless: set[str] = set()
        """Members who were erased and have not been entered since: in the end no record names them."""

    def erase(self, kennitala: str) -> None:
        """As `sync.erasure.erase` does, in one transaction."""
        simulation, member = self._simulation, person(kennitala)
        documents = [simulation.in_firestore(number) or {} for number in NUMBERS[member]]
        sides = [simulation.in_django(kennitala) or {}, *documents]
        self.forgotten[member] |= {side[path] for side in sides for path in TRACKED if side.get(path)}
        self.forgotten[member] -= ALL
        self.nameless.add(member)
        if kennitala in simulation.django.tables.members:
            simulation.delete_in_django(kennitala)
        for number in simulation.django.stores.records.forget([kennitala]):
            simulation.django.stores.erasures.order(number)

    def let_in(self, kennitala: str) -> None:
        """Staff say that somebody who was erased joined again, if they are asked."""
        self._simulation.django.stores.erasures.let_in(kennitala)

    def entered(self, kennitala: str) -> None:
        """Staff have entered somebody, perhaps again."""
        self.nameless.discard(person(kennitala))

    def bring_back_whom_the_list_lacks(self) -> None:
        """Their erasure was ordered in a register that is gone; everybody else stays forgotten."""
        for member in [*self.forgotten]:
            if not {*NUMBERS[member]} & self._simulation.list.entries.keys():
                del self.forgotten[member]
                self.nameless.discard(member)

    def begin_forgetting(self) -> None:
        """Carry out erasures in the cloud, as every run does."""
        simulation = self._simulation
        simulation.begin(lambda: Forgetting(simulation.sync, NO_USERS).carry_out(60), "forgetting")

    def left(self, kennitala: str) -> list[str]:
        """Values of an erased member that are kept somewhere."""
        kept = self._all_that_is_kept(kennitala)
        return [value for value in sorted(self.forgotten[kennitala]) if f'"{value}"' in kept]

    def is_named(self, kennitala: str) -> bool:
        """Whether any record of the sync still names a person, be it by a number of before."""
        tables = self._simulation.django.tables
        rows = [*tables.queue, *tables.intents.values(), *tables.conflicts]
        entries = {entry["kennitala"] for entry in self._simulation.firestore.entries.values()}
        moves = {number for move in tables.moves.values() for number in (move.old, move.new)}
        names = {*tables.shadows} | {*tables.erasures} | {row.ssn for row in rows} | entries | moves
        return bool(names & {*NUMBERS[person(kennitala)]})

    def _all_that_is_kept(self, kennitala: str) -> str:
        """Both stores, and all that the sync remembers of a member, as one text."""
        simulation, mine = self._simulation, NUMBERS[person(kennitala)]
        tables = simulation.django.tables
        sides = simulation.in_django, simulation.in_firestore
        kept: list[Any] = [side(number) for side in sides for number in mine]
        kept += [(shadow.base, shadow.tombstone) for name, shadow in tables.shadows.items() if name in mine]
        kept += [intent.document for intent in tables.intents.values() if intent.ssn in mine]
        kept += [item.lost for item in tables.conflicts if item.ssn in mine]
        kept += [row.fields_changed for row in tables.queue if row.ssn in mine]
        kept += [entry for entry in simulation.firestore.entries.values() if entry["kennitala"] in mine]
        return json.dumps(kept, default=str)
