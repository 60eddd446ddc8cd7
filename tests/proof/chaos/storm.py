"""The storm of one schedule: people who write on both sides, workers that are killed, links that are bad."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from multiprocessing.sharedctypes import Synchronized
from random import Random

from google.cloud import firestore

from sync.order import Order
from sync.service import Sync
from tests.proof.chaos.cloud_people import CloudPeople
from tests.proof.chaos.ending import Connection
from tests.proof.chaos.history import History
from tests.proof.chaos.new_values import NewValues
from tests.proof.chaos.rig import Rig
from tests.proof.chaos.staff_at_work import SqlStaff
from tests.proof.chaos.worker import Orders, work

WORKERS = 3
OPERATIONS = (30, 70)
"""How many operations take effect in a storm, at least and at most; so a busy machine makes it no weaker."""
RUNS = 8
"""How many runs the workers begin in a storm at least, however slowly they start."""
RUNS_OF_A_WORKER = (1, 4)
"""How many runs a worker has begun at least when it is killed: so it is killed at work on any machine."""
MOST_SECONDS = 60.0
"""After so long it ends in any case."""
PEOPLE_PAUSE = 0.03
FAULT_PAUSE = 0.12
"""The longest waits, in seconds: between two operations of a person, and between two faults."""
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["tests.proof.chaos.functions_path", "tests.proof.chaos.worker"])
CUT_A_QUERY = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND application_name = '' AND state <> 'idle' LIMIT 1"
)
Act = Callable[[str, Random], None]


@dataclass(frozen=True)
class Worker:
    """A process of the cloud, and how many runs it has begun."""

    process: ForkServerProcess
    begun: Synchronized[int]
    most: int
    """After as many it may be killed."""

    @property
    def may_die(self) -> bool:
        """Whether it has begun its runs."""
        return self.begun.value >= self.most


@dataclass
class Storm:
    """Everything that happens is drawn from the seed."""

    rig: Rig
    seed: int
    kennitalas: tuple[str, ...]
    orders: Callable[[int], Orders]
    """The orders of a worker, by its number."""
    history: History

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)
        self._workers: list[Worker] = []
        self._started = 0
        self._runs_of_the_dead = 0
        self._over = threading.Event()
        self._failures: list[BaseException] = []

    def blow(self, client: firestore.Client, sync: Sync, connection: Connection) -> None:
        """Let it blow, then end what is still under way."""
        values = NewValues()
        with ExitStack() as stack:
            staff = [SqlStaff(self.rig.database_url, self.history, values) for _ in range(2)]
            for one in staff:
                stack.callback(one.close)
            for kennitala in self.kennitalas:
                staff[0].enter(kennitala)
            is_copied = self._chance.random() < 0.7
            if is_copied:
                sync.run(Order())
            cloud = CloudPeople(client, self.history, values, may_delete=is_copied)
            site_staff = self.rig.staff.act_for(self.history, values)
            self._run([staff[0].act, staff[1].act, site_staff, cloud.act, cloud.act, cloud.act], connection)

    def _run(self, acts: list[Act], connection: Connection) -> None:
        people = [
            threading.Thread(target=self._live, args=(act, number), daemon=True)
            for number, act in enumerate(acts)
        ]
        try:
            for link in (self.rig.site_link, self.rig.firestore_link):
                link.repair()
            for _ in range(WORKERS):
                self._start_worker()
            for person in people:
                person.start()
            self._break_things(connection)
        finally:
            self._over.set()
            for link in (self.rig.site_link, self.rig.firestore_link):
                link.set_enabled(False)
            while self._workers:
                self._kill_worker(self._workers[0])
        for person in people:
            person.join()
        if self._failures:
            raise self._failures[0]

    def _live(self, act: Act, number: int) -> None:
        chance = Random(self.seed * 100 + number)
        try:
            while not self._over.is_set():
                act(chance.choice(self.kennitalas), chance)
                time.sleep(chance.uniform(0, PEOPLE_PAUSE))
        except Exception as error:  # of a thread: `_run` raises it
            self._failures.append(error)

    def _break_things(self, connection: Connection) -> None:
        last_operation = self.history.effective + self._chance.randint(*OPERATIONS)
        end = time.monotonic() + MOST_SECONDS
        while self._goes_on(last_operation) and time.monotonic() < end and not self._failures:
            time.sleep(self._chance.uniform(0, FAULT_PAUSE))
            link = self._chance.choice([self.rig.site_link, self.rig.firestore_link])
            fault = self._chance.random()
            if fault < 0.4:
                self._replace_a_worker()
            elif fault < 0.6:
                link.spoil(self._chance)
            elif fault < 0.7:
                link.set_enabled(False)
            elif fault < 0.9:
                link.repair()
            else:
                connection.execute(CUT_A_QUERY)

    def _goes_on(self, last_operation: int) -> bool:
        runs = self._runs_of_the_dead + sum(worker.begun.value for worker in self._workers)
        return self.history.effective < last_operation or runs < RUNS

    def _replace_a_worker(self) -> None:
        if mortal := [worker for worker in self._workers if worker.may_die]:
            self._kill_worker(self._chance.choice(mortal))
            self._start_worker()

    def _start_worker(self) -> None:
        self._started += 1
        begun = FORK.Value("i", 0)
        process = FORK.Process(target=work, args=(self.orders(self._started), begun), daemon=True)
        process.start()
        self._workers.append(Worker(process, begun, self._chance.randint(*RUNS_OF_A_WORKER)))

    def _kill_worker(self, worker: Worker) -> None:
        worker.process.kill()
        worker.process.join()
        worker.process.close()
        self._workers.remove(worker)
        self._runs_of_the_dead += worker.begun.value
