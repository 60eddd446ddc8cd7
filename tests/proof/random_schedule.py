"""Random schedules by seed: many short and dense ones. (The state machine's are longer, and can be shrunk.)

The weights make a bad day: edits on both sides of one member while several workers are under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Literal, TypeVar

from sync.order import Order
from tests.proof.garbage import IN_DJANGO, IN_FIRESTORE
from tests.proof.invariants import check_at_the_end, check_now
from tests.proof.late_writers import ON_PAGES
from tests.proof.numbers import KENNITALAS, NUMBERS, person
from tests.proof.releases import NEW_FIELDS, Half
from tests.proof.restores import WAYS
from tests.proof.simulation import Simulation
from tests.proof.stepping import Fault

Choice = TypeVar("Choice")

MOST_WORKERS = 4
STEPS = (5, 45)
"""How long a schedule is, at least and at most."""
PATHS = {"name": 9, "profile.email": 9, "profile.address.street": 2, "membership.joined": 1}
FAULTS = {
    Fault.NONE: 70,
    Fault.LATE: 9,
    Fault.LOST_REQUEST: 7,
    Fault.LOST_ANSWER: 10,
    Fault.REPEATED: 4,
}
EVENTS = {
    "step": 40,
    "staff_edit": 15,
    "cloud_edit": 15,
    "worker": 12,
    "land": 5,
    "staff_life": 3,
    "cloud_life": 3,
    "crash": 2,
    "open_edit": 2,
    "commit": 2,
    "drop": 1,
    "wait": 1,
    "erase": 0.7,
    "erase_gone": 0.4,
    "forget": 1,
    "let_in": 0.7,
    "spoil": 0.7,
    "spoil_by_sql": 0.5,
    "clock": 0.5,
    "release": 1,
    "renumber": 1,
    "look": 1,
    "write_blindly": 1,
}
SWARM = (0.2, 1, 1, 5)
"""Each schedule does some things more and others less often; else rare things would never coincide."""
CLOCK_MOVES = (-(10.0**6), -5000.0, -100.0, 100.0, 10.0**6)
"""Seconds."""
WORKERS: dict[Literal["event", "batch", "pending", "full"], float] = {
    "event": 5,
    "batch": 5,
    "pending": 4,
    "full": 1,
}


class RandomSchedule:
    """One schedule. A step that does not fit the present state does nothing."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        self._events = {name: weight * self._chance.choice(SWARM) for name, weight in EVENTS.items()}
        self.simulation = Simulation()

    def with_deploys(self) -> RandomSchedule:
        """The same with deploys and rollbacks of either half, so that a field is known to one alone."""
        self._events["deploy"] = 4
        return self

    def with_pages(self) -> RandomSchedule:
        """The same with pages that are open for some time before they are sent."""
        self._events |= {"open_page": 6, "send_page": 6}
        return self

    def with_restores(self) -> RandomSchedule:
        """The same with stores that are set back to an earlier moment, and people who say what counts."""
        self._events |= {"back_up": 5, "restore": 8, "decide": 5, "quiet": 10, "cloud_edit": 20}
        self._events["renumber"] = 0
        self.simulation.restores.back_up()
        return self

    def run(self) -> None:
        """Run it and check the invariants. Raises ViolationError."""
        for _ in range(self._chance.randint(*STEPS)):
            getattr(self, f"_{self._draw(self._events)}")()
            check_now(self.simulation)
        check_at_the_end(self.simulation)

    def _step(self) -> None:
        if self.simulation.workers:
            index = self._chance.randrange(len(self.simulation.workers))
            self.simulation.step(index, self._draw(FAULTS))

    def _staff_edit(self) -> None:
        if member := self._free_member():
            self.simulation.edit_in_django(member, self._draw(PATHS))

    def _cloud_edit(self) -> None:
        member = self.simulation.there(self._member())
        if member in self.simulation.firestore.members:
            in_portal = self._chance.random() < 0.5
            self.simulation.edit_in_firestore(member, self._draw(PATHS), in_portal=in_portal)

    def _open_page(self) -> None:
        member = self.simulation.there(self._member())
        if member in self.simulation.firestore.members:
            self.simulation.late_writers.open_page(member, self._chance.choice(ON_PAGES))

    def _send_page(self) -> None:
        if self.simulation.late_writers.open_pages:
            self.simulation.late_writers.send_page(
                self._chance.randrange(len(self.simulation.late_writers.open_pages))
            )

    def _look(self) -> None:
        """A script in the register, or in Firestore."""
        member = self._member()
        if self._chance.random() < 0.5:
            self.simulation.late_writers.look("django", self.simulation.here(member), self._draw(PATHS))
        else:
            self.simulation.late_writers.look("firestore", self.simulation.there(member), self._draw(PATHS))

    def _write_blindly(self) -> None:
        if self.simulation.late_writers.looks:
            self.simulation.late_writers.write_blindly(
                self._chance.randrange(len(self.simulation.late_writers.looks))
            )

    def _worker(self) -> None:
        if len(self.simulation.workers) >= MOST_WORKERS:
            return
        kind = self._draw(WORKERS)
        if kind == "batch":
            self.simulation.begin_batch()
        elif kind != "event":
            self.simulation.begin_run(Order(mode=kind))
        elif self.simulation.firestore.events:
            index = self._chance.randrange(len(self.simulation.firestore.events))
            self.simulation.deliver(index, again=self._chance.random() < 0.1)

    def _land(self) -> None:
        if self.simulation.network.in_flight:
            self.simulation.network.land(self._chance.randrange(len(self.simulation.network.in_flight)))

    def _staff_life(self) -> None:
        member = self.simulation.here(self._member())
        if member in self.simulation.django.locked:
            return
        if member in self.simulation.django.tables.members:
            self.simulation.delete_in_django(member)
        else:
            self.simulation.create_in_django(member)

    def _cloud_life(self) -> None:
        member = self.simulation.there(self._member())
        if member in self.simulation.firestore.members:
            self.simulation.delete_in_firestore(member)
        else:
            self.simulation.create_in_firestore(member)

    def _crash(self) -> None:
        if self.simulation.workers:
            self.simulation.crash(self._chance.randrange(len(self.simulation.workers)))

    def _open_edit(self) -> None:
        if member := self._free_member():
            self.simulation.begin_edit_in_django(member, self._draw(PATHS))

    def _commit(self) -> None:
        if self.simulation.open_edits:
            self.simulation.commit_edit_in_django(0)

    def _drop(self) -> None:
        if self.simulation.firestore.events:
            self.simulation.drop(self._chance.randrange(len(self.simulation.firestore.events)))

    def _wait(self) -> None:
        self.simulation.wait(self._chance.choice([1.0, 40.0, 4000.0]))

    def _clock(self) -> None:
        self.simulation.move_the_clock(self._chance.choice(CLOCK_MOVES))

    def _erase(self) -> None:
        if member := self._free_member():
            self.simulation.erasures.erase(member)

    def _renumber(self) -> None:
        if member := self._free_member():
            free = [number for number in NUMBERS[person(member)] if number != member]
            if free:
                self.simulation.renumber(member, self._chance.choice(free))

    def _erase_gone(self) -> None:
        """Of whom there is no row any more, and perhaps traces."""
        member = self.simulation.here(self._member())
        if member not in self.simulation.django.tables.members:
            self.simulation.erasures.erase(member)

    def _forget(self) -> None:
        if len(self.simulation.workers) < MOST_WORKERS:
            self.simulation.erasures.begin_forgetting()

    def _let_in(self) -> None:
        self.simulation.erasures.let_in(self.simulation.here(self._member()))

    def _spoil(self) -> None:
        member = self.simulation.there(self._member())
        if member in self.simulation.firestore.members:
            path = self._chance.choice([*IN_FIRESTORE])
            self.simulation.spoil_in_firestore(member, path, in_portal=self._chance.random() < 0.5)

    def _spoil_by_sql(self) -> None:
        if member := self._free_member():
            self.simulation.spoil_in_django(member, self._chance.choice([*IN_DJANGO]))

    def _deploy(self) -> None:
        half: Half | None = self._chance.choice(["cloud", "host", None])
        self.simulation.deploy(half, self._chance.choice(NEW_FIELDS))

    def _quiet(self) -> None:
        """A while without faults: all events are carried, so that both sides know of the latest edits."""
        self.simulation.settle_down()

    def _back_up(self) -> None:
        self.simulation.restores.back_up()

    def _restore(self) -> None:
        restores = self.simulation.restores
        if not restores.backups:
            return
        backup = self._chance.choice(restores.backups)
        if self._chance.random() < 0.5 and restores.may_restore():
            missing = self._member() if self._chance.random() < 0.2 else ""
            restores.restore_register(backup if self._chance.random() < 0.9 else None, missing)
        elif restores.may_restore():
            restores.restore_firestore(backup, self._chance.choice(WAYS), self._member())

    def _decide(self) -> None:
        if len(self.simulation.workers) < MOST_WORKERS:
            self.simulation.begin_decision()

    def _release(self) -> None:
        if len(self.simulation.workers) < MOST_WORKERS:
            self.simulation.begin_release()

    def _draw(self, weights: Mapping[Choice, float]) -> Choice:
        return self._chance.choices([*weights], [*weights.values()])[0]

    def _member(self) -> str:
        return self._chance.choices(KENNITALAS, [9, 1])[0]

    def _free_member(self) -> str | None:
        """A member that staff find, and that no other transaction of theirs holds."""
        member = self.simulation.here(self._member())
        tables = self.simulation.django.tables
        return member if member in tables.members and member not in self.simulation.django.locked else None
