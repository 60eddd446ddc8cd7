"""Both halves of the sync over stores in memory, and the people and faults that work on them.

This module does not know how the sync works. It writes as people do and lets workers take steps; the ledger
checks what comes of it.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from typing import Any

from merge_engine import instants
from merge_engine.documents import from_columns
from runtime.settings import RunLimits
from sync.backoff import Backoff
from sync.batches import named
from sync.documents import MemberWrite, StoredMember
from sync.failures import SyncError
from sync.field_map import load_field_map
from sync.held import situation_of
from sync.order import Order
from sync.reconcile import Reconciler
from sync.service import Sync
from tests.functions.doubles.memory_list import MemoryList
from tests.functions.doubles.merging_peer import Verdicts
from tests.proof.causality import Token
from tests.proof.django_half import DjangoHalf
from tests.proof.erasures import Erasures
from tests.proof.firestore_half import FirestoreHalf, member_of
from tests.proof.garbage import ALL, IN_DJANGO, IN_FIRESTORE, NO_MAP, plain, value_at
from tests.proof.late_writers import LateWriters
from tests.proof.ledger import STAFF_ONLY, TRACKED, Ledger, Values
from tests.proof.numbers import ALL_NUMBERS, KENNITALAS, NUMBERS, person
from tests.proof.releases import Half, of_two_releases
from tests.proof.restores import PERSON, Restores
from tests.proof.stepping import Fault, Network, Worker
from tests.proof.violation import ViolationError

FIELD_MAP = load_field_map()
BEGIN = 1_500_000_000
MOST_DELIVERIES = 100
"""In one round; more than there ever are, unless some fail each time."""


class Simulation:
    """Two members whom both sides hold alike at first."""

    def __init__(self) -> None:
        self.network = Network()
        self.ledger = Ledger()
        self.firestore = FirestoreHalf(
            network=self.network, on_read=self.ledger.read, on_commit=self._committed
        )
        self.django = DjangoHalf(
            network=self.network, before_apply=self._before_apply, after_apply=self._applied
        )
        self.list = MemoryList()
        """Of erased keys: no restore of either half reaches it."""
        patience = Backoff(sleep=lambda seconds: None)
        reconciler = Reconciler(self.firestore, self.django, FIELD_MAP, patience, rounds=4, erased=self.list)
        limits = RunLimits(batch_size=10, parallel_batches=1, lease_seconds=60)
        store = self.firestore
        self.sync = self.newest = Sync(reconciler, store, store, store, store, limits)
        self.workers: list[Worker] = []
        self.open_edits: list[tuple[str, Callable[[], None]]] = []
        self.operations_of_staff = 0
        """Transactions of staff that have committed."""
        self.unannounced: set[str] = set()
        """Members whose change is announced no more: only the nightly comparison can find it."""
        self.restores = Restores(self)
        self.erasures = Erasures(self)
        self.late_writers = LateWriters(self)
        self.has_corrected = False
        """Whether one was corrected. A restore to before that makes two entries, which staff unite."""
        self.never_gone: set[str] = {*KENNITALAS}
        """Members whom nobody has deleted: what Firestore alone holds of them stays."""
        self._last_number = {kennitala: kennitala for kennitala in KENNITALAS}
        self._numbers = itertools.count(1)
        for kennitala in KENNITALAS:
            self.ledger.django[kennitala] = self.ledger.firestore[kennitala] = Token("nobody")
            self.create_in_django(kennitala)
        self.settle_down()
        for kennitala in KENNITALAS:
            self.firestore.edit(kennitala, verified=True)
        self.settle_down()

    # Which number a member has.

    def here(self, member: str) -> str:
        """The member's number in the register, or the last that it had."""
        present = [number for number in NUMBERS[member] if number in self.django.tables.members]
        self._last_number[member] = (present or [self._last_number[member]])[0]
        return self._last_number[member]

    def there(self, member: str) -> str:
        """The number at which the member's document stands, or else the register's."""
        present = [number for number in NUMBERS[member] if number in self.firestore.members]
        return (present or [self.here(member)])[0]

    # What both sides hold.

    def in_django(self, kennitala: str) -> Values | None:
        columns = self.django.tables.members.get(kennitala)
        if columns is None:
            return None
        return {path: plain(value) for path, value in from_columns(columns).items()}

    def in_firestore(self, kennitala: str) -> Values | None:
        stored = self.firestore.members.get(kennitala)
        return None if stored is None else {path: value_at(stored.fields, path) for path in FIELD_MAP.paths}

    def differs(self, kennitala: str) -> bool:
        """Whether the sides differ in more than what the sync knows to rest."""
        known = self.resting(kennitala)
        return bool(self.differences(kennitala) - {path for path in self.spoilt(kennitala) if path in known})

    def differences(self, kennitala: str) -> set[str]:
        """The paths in which the sides differ; all of them if one side alone has the member."""
        ours, theirs = self.in_django(kennitala), self.in_firestore(kennitala)
        if ours is None or theirs is None:
            return set() if ours is theirs else {*FIELD_MAP.paths}
        return {path for path in FIELD_MAP.paths if ours[path] != theirs[path]}

    def spoilt(self, kennitala: str) -> set[str]:
        """The paths where either side holds what its field cannot take."""
        sides = [self.in_django(kennitala) or {}, self.in_firestore(kennitala) or {}]
        return {path for side in sides for path, value in side.items() if value in ALL}

    def resting(self, kennitala: str) -> dict[str, str]:
        """Which fields the sync says rest, and why."""
        shadow = self.django.tables.shadows.get(kennitala)
        return dict(shadow.resting or {}) if shadow else {}

    def is_one(self, member: str) -> bool:
        """Whether nobody has two entries, and the document kept what Firestore alone holds."""
        entries = [number for number in NUMBERS[member] if number in self.django.tables.members]
        documents = [number for number in NUMBERS[member] if number in self.firestore.members]
        marks = [self.firestore.members[number].fields.get("verified") for number in documents]
        return len(entries) < 2 and len(documents) < 2 and (member not in self.never_gone or all(marks))

    def logged(self, kennitala: str) -> list[tuple[str, Any]]:
        """What the conflict log keeps of a member: path and value of what was lost."""
        mine = NUMBERS[person(kennitala)]
        losses = [item.lost for item in self.django.tables.conflicts if item.ssn in mine]
        return [(lost.field, plain(getattr(lost, lost.lost_on))) for lost in losses]

    def told_in_the_document(self, kennitala: str) -> dict[str, str]:
        stored = self.firestore.members.get(kennitala)
        return StoredMember(kennitala, stored.fields if stored else None).told

    # Staff.

    def create_in_django(self, kennitala: str) -> None:
        self.restores.entered(kennitala)
        born = self.ledger.wrote(kennitala, "entered by staff", [self.ledger.django[person(kennitala)]])
        self.ledger.django[person(kennitala)] = born
        self.erasures.entered(kennitala)
        values = {path: self.new_value(kennitala, path, [born]) for path in TRACKED}
        self.commit_of_staff()
        self.django.stores.register.create(kennitala, values)

    def edit_in_django(self, kennitala: str, path: str) -> None:
        self.commit_of_staff()
        self.django.stores.register.edit(kennitala, self._edit_of_staff(kennitala, path))

    def begin_edit_in_django(self, kennitala: str, path: str) -> None:
        """A transaction that takes its row's number and time now, and commits later."""
        tables = self.django.tables
        self._tick()
        captured = {"number": tables.take_row_number(), "created_at": tables.now}
        change = self._edit_of_staff(kennitala, path)
        self.django.locked.add(kennitala)
        self.open_edits.append(
            (kennitala, lambda: self.django.stores.register.edit(kennitala, change, **captured))
        )

    def commit_edit_in_django(self, index: int) -> None:
        kennitala, commit = self.open_edits.pop(index)
        self.django.locked.discard(kennitala)
        self.commit_of_staff()
        commit()

    def renumber(self, kennitala: str, new: str) -> None:
        """Staff correct a kennitala."""
        self.has_corrected = True
        self.commit_of_staff()
        self.operations_of_staff += 1  # it is captured at both numbers
        self.django.stores.register.renumber(kennitala, new)

    def delete_in_django(self, kennitala: str) -> None:
        known = self.ledger.tokens_of(kennitala, self.in_django(kennitala))
        self._end(self.ledger.django, kennitala, "deleted by staff", known)
        self.commit_of_staff()
        self.django.stores.register.delete([kennitala])

    # Members and others who write to Firestore.

    def create_in_firestore(self, kennitala: str) -> None:
        life = self.ledger.firestore[person(kennitala)]
        born = self.ledger.wrote(kennitala, "entered in the cloud", [life])
        self.ledger.firestore[person(kennitala)] = born
        self.restores.edited(person(kennitala))
        values = {path: self.new_value(kennitala, path, [born]) for path in TRACKED if path != STAFF_ONLY}
        self.firestore.edit(kennitala, **_arguments(values))

    def edit_in_firestore(self, kennitala: str, path: str, *, in_portal: bool) -> None:
        """In the portal, with a queue entry; in any other way, the event alone announces it."""
        seen = (self.in_firestore(kennitala) or {}).get(path)
        value = self.new_value(kennitala, path, [self.ledger.token(kennitala, path, seen)])
        self.write_document(kennitala, {path: value}, in_portal=in_portal)

    def spoil_in_firestore(self, kennitala: str, path: str, *, in_portal: bool = False) -> None:
        """A value that no conversion takes, or a text where a map belongs."""
        value = IN_FIRESTORE[path]
        seen = (self.in_firestore(kennitala) or {}).get(path)
        self._spoilt(kennitala, path, value, seen)
        place = path.rpartition(".")[0] if value == NO_MAP else path
        self.write_document(kennitala, {place: value}, in_portal=in_portal)

    def spoil_in_django(self, kennitala: str, path: str) -> None:
        """A value that the column takes, and no conversion; written by SQL."""
        seen = (self.in_django(kennitala) or {}).get(path)
        self._spoilt(kennitala, path, IN_DJANGO[path], seen)
        self.commit_of_staff()
        self.django.stores.register.spoil(kennitala, path, IN_DJANGO[path])

    def _spoilt(self, kennitala: str, path: str, value: str, seen: Any) -> None:
        if seen != value:
            self.ledger.wrote_unfit(kennitala, path, value, self.ledger.token(kennitala, path, seen))

    def delete_in_firestore(self, kennitala: str) -> None:
        known = self.ledger.tokens_of(kennitala, self.in_firestore(kennitala))
        mark = self.django.tables.intents.get(self.firestore.operation(kennitala))
        register = self.in_django(self.here(person(kennitala))) or {}
        foreign = (self.in_firestore(kennitala) or {})[STAFF_ONLY] != register.get(STAFF_ONLY)
        self._end(self.ledger.firestore, kennitala, "deleted in the cloud", known)
        self.restores.edited(person(kennitala))
        if foreign or (mark is not None and mark.live):
            self.ledger.unsure.add(self.ledger.firestore[person(kennitala)])
        self.firestore.delete(kennitala)

    # Deploys and rollbacks.

    def deploy(self, older: Half | None = None, path: str = "") -> None:
        """From now on, workers begin with this half from before the field; with None, both are alike.

        Workers under way go on as they began. What rests is announced by nothing: the comparison finds it.
        """
        self.sync = self.newest if older is None else of_two_releases(self.newest, self.django, path, older)
        self.unannounced |= {*ALL_NUMBERS}

    # Workers and their faults.

    def deliver(self, index: int, *, again: bool) -> None:
        """Eventarc delivers an event, and removes it only after the function has succeeded."""
        event = self.firestore.events[index]

        def handle() -> None:
            written = member_of(event)
            if not written.is_echo:
                self.sync.reconcile_member(written.kennitala)
                if self.django.tables.epoch.stopped:  # the event is spent; a comparison finds every member
                    self.unannounced.add(written.kennitala)
            if not again and event in self.firestore.events:
                self.firestore.events.remove(event)

        self.begin(handle, "event")

    def drop(self, index: int) -> None:
        """An event that never comes."""
        written = member_of(self.firestore.events.pop(index))
        if not written.is_echo:
            self.unannounced.add(written.kennitala)

    def begin_run(self, order: Order) -> None:
        self.begin(lambda: self.sync.run(order), order.mode)

    def begin_release(self) -> None:
        """A person looks at what is held and releases exactly that."""
        self.begin(self._release, "release")

    def begin_decision(self) -> None:
        """A person says what counts after a restore."""
        self.begin(self.restores.decide, "decision")

    def begin_batch(self) -> None:
        """All members at once, as an operator may order."""
        self.begin(self._reconcile_all, "batch")

    def step(self, index: int, fault: Fault) -> None:
        worker = self.workers[index]
        worker.resume(fault)
        if worker.is_done:
            self.workers.remove(worker)

    def crash(self, index: int) -> None:
        self.workers.pop(index).crash()

    def wait(self, seconds: float) -> None:
        self.django.tables.now += seconds
        self.network.wait(seconds)

    def move_the_clock(self, seconds: float) -> None:
        """The host's clock is set, back or forth; nothing else changes."""
        self.django.tables.now += seconds

    def settle_down(self) -> None:
        """Reconcile without faults, event by event, and release what is held, until nothing is announced."""
        for _ in range(6):
            self._deliver_all()
            self.wait(7200)
            self.begin_run(Order())
            self._run_workers()
            self.begin_release()
            self._run_workers()
            for kennitala in ALL_NUMBERS:
                self.erasures.let_in(kennitala)
            self.erasures.begin_forgetting()
            self._run_workers()
            if not self.is_announced():
                return

    def compare(self) -> dict[str, Any]:
        """The nightly run; its result."""
        return self.sync.run(Order(mode="full"))

    def is_announced(self) -> bool:
        """Whether anything is still announced."""
        tables = self.django.tables
        waiting = any(row.status == "pending" for row in tables.queue)
        asked = any(entry["status"] == "pending" for entry in self.firestore.entries.values())
        under_way = self.django.stores.erasures.to_carry_out(1)
        return bool(waiting or asked or self.firestore.events or under_way)

    def is_known_to_differ(self, kennitala: str) -> bool:
        """Whether anything still announces this member: a row, an entry, an event, or the nightly run."""
        numbers = {*NUMBERS[person(kennitala)]}
        entries = self.firestore.entries.values()
        asked = any(entry["kennitala"] in numbers and entry["status"] == "pending" for entry in entries)
        events = [member_of(event) for event in self.firestore.events]
        announced = any(event.kennitala in numbers and not event.is_echo for event in events)
        is_dirty = any(self.django.tables.unsynced(number) for number in numbers)
        erasures = self.django.tables.erasures.items()
        ordered = {number for number, it in erasures if it.listed is None}  # each run removes their documents
        return is_dirty or asked or announced or bool(numbers & (self.unannounced | ordered))

    def measure(self) -> tuple[Any, ...]:
        """Everything that a run without differences must not change."""
        tables = self.django.tables
        revisions = {name: shadow.rev for name, shadow in tables.shadows.items() if shadow.rev}
        return (
            len(self.firestore.writes),
            {name: dict(columns) for name, columns in tables.members.items()},
            revisions,
            len(tables.queue),
            len(tables.intents),
            len(tables.conflicts),
        )

    def _deliver_all(self) -> None:
        """Every event; one that fails comes again, and others in between, until all of them only fail."""
        failed = 0
        for _ in range(MOST_DELIVERIES):
            events = self.firestore.events
            if failed >= 2 * len(events):
                return
            event = events[failed % len(events)]
            self.deliver(failed % len(events), again=False)
            self._run_workers()
            failed = failed + 1 if event in events else 0

    def _run_workers(self) -> None:
        for worker in self.workers:
            worker.finish()
        self.workers.clear()

    def _release(self) -> None:
        situation = situation_of(self.django)
        if situation.members and self.restores.undecided is None:
            self.sync.release(situation, PERSON)

    def _reconcile_all(self) -> None:
        for batch in named([*self.django.tables.shadows], self.firestore, 10):
            self.sync.batch_reconciler.reconcile(batch)

    def begin(self, task: Callable[[], object], name: str) -> None:
        """A worker begins; it waits before its first call."""

        def run() -> None:
            try:
                task()
            except SyncError:
                return  # the function answers with an error

        worker = Worker(run, name)
        if not worker.is_done:
            self.workers.append(worker)

    def _before_apply(self, presented: Any) -> None:
        names = [member.kennitala for member in presented]
        before = self.django.stores.records.shadows(names)
        for move in self.django.stores.moves.among(names):
            old, new = self.django.tables.shadows[move.old], before.get(move.new)
            if new is not None and new.base is None:
                new.base, new.erased = copy.deepcopy(old.base), new.erased or old.erased
        self.ledger.before_apply(before)

    def _applied(self, verdicts: Verdicts, read_time: str) -> None:
        self.ledger.applied(verdicts, read_time)
        for verdict, _ in verdicts:
            self._check_log(verdict)
            kennitala, seen = verdict.presented.kennitala, verdict.presented.update_time_text
            stored = self.firestore.members.get(kennitala)
            if verdict.presented.shared.apart or self.sync is not self.newest:
                continue  # what rests is announced by nothing
            if verdict.outcome in ("clean", "write") and seen == (stored.update_time if stored else None):
                self.unannounced.discard(kennitala)  # it was read: from now on the sync itself must know

    def _check_log(self, verdict: Any) -> None:
        mine = NUMBERS[person(verdict.presented.kennitala)]
        logged = [item.lost for item in self.django.tables.conflicts if item.ssn in mine]
        for lost in verdict.conflicts:
            if lost not in logged:
                raise ViolationError("I2", f"a conflict over {lost.field} is not in the log")

    def _committed(self, write: MemberWrite) -> None:
        places = [write.kennitala, *(old.kennitala for old in write.takes_over)]
        documents = [self.in_firestore(number) for number in places]
        if not write.operation:
            self.ledger.forgotten(write.kennitala, documents[0])
            return
        self.ledger.committed(write, next((found for found in documents if found), None))

    def _edit_of_staff(self, kennitala: str, path: str) -> Values:
        seen = (self.in_django(kennitala) or {}).get(path)
        return {path: self.new_value(kennitala, path, [self.ledger.token(kennitala, path, seen)])}

    def write_document(self, kennitala: str, values: Values, *, in_portal: bool) -> None:
        """Somebody writes these values into a document."""
        self.restores.edited(person(kennitala))
        write = self.firestore.ask if in_portal else self.firestore.edit
        write(kennitala, **_arguments(values))

    def _end(self, lives: dict[str, Token], kennitala: str, label: str, known: list[Token]) -> None:
        self.never_gone.discard(person(kennitala))
        life = lives[person(kennitala)]
        lives[person(kennitala)] = self.ledger.wrote(kennitala, label, [life, *known])

    def new_value(self, kennitala: str, path: str, parents: list[Token | None]) -> str:
        """One that nobody has written before; its author knew these tokens."""
        number = next(self._numbers)
        value: str = {
            "name": f"Nafn {number}",
            "profile.email": f"nr{number}@example.is",
            "profile.address.street": f"Gata {number}",
            "membership.joined": instants.from_datetime(instants.to_datetime((BEGIN + number) * 10**9)),
        }[path]
        self.ledger.keep(kennitala, path, value, self.ledger.wrote(kennitala, value, parents))
        return value

    def commit_of_staff(self) -> None:
        """A transaction of theirs commits now."""
        self.operations_of_staff += 1
        self._tick()

    def _tick(self) -> None:
        self.django.tables.now += 0.001


def _arguments(values: Values) -> Values:
    return {path.replace(".", "__"): value for path, value in values.items()}
