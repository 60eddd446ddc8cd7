"""The state machine: what people do and what happens to workers, in any order that Hypothesis thinks of."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sync.order import Order
from tests.proof.garbage import IN_DJANGO, IN_FIRESTORE
from tests.proof.invariants import check_at_the_end, check_now
from tests.proof.late_writers import ON_PAGES, Side
from tests.proof.ledger import TRACKED
from tests.proof.numbers import KENNITALAS, NUMBERS
from tests.proof.random_schedule import CLOCK_MOVES
from tests.proof.releases import NEW_FIELDS, Half
from tests.proof.simulation import Simulation
from tests.proof.stepping import Fault

MOST_WORKERS = 4
MEMBERS = st.sampled_from(KENNITALAS)
FIELDS = st.sampled_from(TRACKED)
SIDES: tuple[Side, ...] = ("django", "firestore")
ANY = st.integers(0, 10**6)
FAULTS = st.sampled_from([Fault.NONE] * 6 + list(Fault))


class SyncMachine(RuleBasedStateMachine):
    """A rule that does not fit the present state does nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.simulation = Simulation()

    @invariant()
    def differences_are_known(self) -> None:
        check_now(self.simulation)

    def teardown(self) -> None:
        check_at_the_end(self.simulation)

    # Staff.

    @rule(member=MEMBERS, path=FIELDS)
    def staff_edit(self, member: str, path: str) -> None:
        member = self.simulation.here(member)
        if self._is_free(member):
            self.simulation.edit_in_django(member, path)

    @rule(member=MEMBERS, path=FIELDS)
    def staff_begin_an_edit(self, member: str, path: str) -> None:
        member = self.simulation.here(member)
        if self._is_free(member):
            self.simulation.begin_edit_in_django(member, path)

    @precondition(lambda self: self.simulation.open_edits)
    @rule(which=ANY)
    def staff_commit_an_edit(self, which: int) -> None:
        self.simulation.commit_edit_in_django(which % len(self.simulation.open_edits))

    @rule(member=MEMBERS)
    def staff_enter_or_delete(self, member: str) -> None:
        member = self.simulation.here(member)
        if self._is_free(member):
            self.simulation.delete_in_django(member)
        elif member not in self.simulation.django.locked:
            self.simulation.create_in_django(member)

    @rule(member=MEMBERS)
    def staff_erase(self, member: str) -> None:
        member = self.simulation.here(member)
        if member not in self.simulation.django.locked:
            self.simulation.erasures.erase(member)

    @rule(member=MEMBERS)
    def staff_let_in(self, member: str) -> None:
        self.simulation.erasures.let_in(self.simulation.here(member))

    @rule(member=MEMBERS, which=ANY)
    def staff_correct_the_kennitala(self, member: str, which: int) -> None:
        """Perhaps back to one that the member had."""
        number = self.simulation.here(member)
        free = [other for other in NUMBERS[member] if other != number]
        if free and self._is_free(number) and not self.simulation.restores.backups:
            self.simulation.renumber(number, free[which % len(free)])

    # Members and others who write to Firestore.

    @rule(member=MEMBERS, path=FIELDS, in_portal=st.booleans())
    def edit_document(self, member: str, path: str, in_portal: bool) -> None:
        member = self.simulation.there(member)
        if member in self.simulation.firestore.members:
            self.simulation.edit_in_firestore(member, path, in_portal=in_portal)

    @rule(member=MEMBERS, path=st.sampled_from(ON_PAGES))
    def page_is_opened(self, member: str, path: str) -> None:
        member = self.simulation.there(member)
        if member in self.simulation.firestore.members:
            self.simulation.late_writers.open_page(member, path)

    @precondition(lambda self: self.simulation.late_writers.open_pages)
    @rule(which=ANY)
    def page_is_sent(self, which: int) -> None:
        self.simulation.late_writers.send_page(which % len(self.simulation.late_writers.open_pages))

    @rule(member=MEMBERS, path=st.sampled_from([*IN_FIRESTORE]), in_portal=st.booleans())
    def spoil_document(self, member: str, path: str, in_portal: bool) -> None:
        member = self.simulation.there(member)
        if member in self.simulation.firestore.members:
            self.simulation.spoil_in_firestore(member, path, in_portal=in_portal)

    @rule(member=MEMBERS, path=st.sampled_from([*IN_DJANGO]))
    def spoil_row(self, member: str, path: str) -> None:
        member = self.simulation.here(member)
        if self._is_free(member):
            self.simulation.spoil_in_django(member, path)

    @rule(member=MEMBERS)
    def write_what_is_no_field(self, member: str) -> None:
        member = self.simulation.there(member)
        if member in self.simulation.firestore.members:
            self.simulation.firestore.edit(member, profile__noSuchField="Nonni")

    @rule(member=MEMBERS)
    def create_or_delete_document(self, member: str) -> None:
        member = self.simulation.there(member)
        if member in self.simulation.firestore.members:
            self.simulation.delete_in_firestore(member)
        else:
            self.simulation.create_in_firestore(member)

    # Scripts that look, and later write without another look.

    @rule(side=st.sampled_from(SIDES), member=MEMBERS, path=FIELDS)
    def script_looks(self, side: Side, member: str, path: str) -> None:
        number = self.simulation.here(member) if side == "django" else self.simulation.there(member)
        self.simulation.late_writers.look(side, number, path)

    @precondition(lambda self: self.simulation.late_writers.looks)
    @rule(which=ANY)
    def script_writes(self, which: int) -> None:
        self.simulation.late_writers.write_blindly(which % len(self.simulation.late_writers.looks))

    # Deploys and rollbacks.

    @rule(half=st.sampled_from(["cloud", "host", None]), path=st.sampled_from(NEW_FIELDS))
    def deploy_or_roll_back(self, half: Half | None, path: str) -> None:
        self.simulation.deploy(half, path)

    # Workers and faults.

    @precondition(lambda self: self.simulation.firestore.events)
    @rule(which=ANY, again=st.booleans())
    def event_comes(self, which: int, again: bool) -> None:
        if len(self.simulation.workers) < MOST_WORKERS:
            self.simulation.deliver(which % len(self.simulation.firestore.events), again=again)

    @precondition(lambda self: self.simulation.firestore.events)
    @rule(which=ANY)
    def event_is_dropped(self, which: int) -> None:
        self.simulation.drop(which % len(self.simulation.firestore.events))

    @rule(order=st.sampled_from([Order(), Order(), Order(mode="full"), Order(dry_run=True)]))
    def run_begins(self, order: Order) -> None:
        if len(self.simulation.workers) < MOST_WORKERS:
            self.simulation.begin_run(order)

    @rule()
    def batch_begins(self) -> None:
        if len(self.simulation.workers) < MOST_WORKERS:
            self.simulation.begin_batch()

    @rule()
    def cloud_forgets(self) -> None:
        if len(self.simulation.workers) < MOST_WORKERS:
            self.simulation.erasures.begin_forgetting()

    @rule()
    def person_releases_what_is_held(self) -> None:
        if len(self.simulation.workers) < MOST_WORKERS:
            self.simulation.begin_release()

    @precondition(lambda self: self.simulation.workers)
    @rule(which=ANY, fault=FAULTS)
    def worker_takes_a_step(self, which: int, fault: Fault) -> None:
        self.simulation.step(which % len(self.simulation.workers), fault)

    @precondition(lambda self: self.simulation.workers)
    @rule(which=ANY, steps=st.integers(1, 6))
    def worker_takes_many_steps(self, which: int, steps: int) -> None:
        worker = self.simulation.workers[which % len(self.simulation.workers)]
        for _ in range(steps):
            if worker in self.simulation.workers:
                self.simulation.step(self.simulation.workers.index(worker), Fault.NONE)

    @precondition(lambda self: self.simulation.workers)
    @rule(which=ANY)
    def worker_crashes(self, which: int) -> None:
        self.simulation.crash(which % len(self.simulation.workers))

    @precondition(lambda self: self.simulation.network.in_flight)
    @rule(which=ANY)
    def late_call_arrives(self, which: int) -> None:
        self.simulation.network.land(which % len(self.simulation.network.in_flight))

    @rule(seconds=st.sampled_from([1.0, 40.0, 4000.0]))
    def time_passes(self, seconds: float) -> None:
        self.simulation.wait(seconds)

    @rule(seconds=st.sampled_from(CLOCK_MOVES))
    def clock_is_set(self, seconds: float) -> None:
        self.simulation.move_the_clock(seconds)

    def _is_free(self, member: str) -> bool:
        """Whether staff find the member, and no other transaction of theirs holds the row."""
        return member in self.simulation.django.tables.members and member not in self.simulation.django.locked
