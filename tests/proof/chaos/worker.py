"""A worker of the cloud: a process that runs the sync again and again until it is killed.

It runs the deployed code (`sync.service.Sync` with the real clients), with shorter waits.
"""

from __future__ import annotations

import logging
import os
import random
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from unittest import mock

import structlog
from google.cloud import firestore
from pydantic import SecretStr

from members.forgetting import Forgetting
from runtime.clients import ERASED_DATABASE, MEMBERS
from runtime.settings import RunLimits
from sync.backoff import Backoff
from sync.django_client import DjangoClient
from sync.erased_keys import FirestoreErasedKeys
from sync.failures import SyncError
from sync.field_map import load_field_map
from sync.firestore_store import FirestoreStore
from sync.held_runs import FirestoreHeldRuns
from sync.order import Order
from sync.personal_records import FirestoreRecords
from sync.queue_entries import FirestoreQueue
from sync.reconcile import Reconciler
from sync.run_log import FirestoreLog
from sync.service import Sync
from tests.functions.doubles.no_users import NO_USERS
from tests.proof.mutations import Mutation

KEY = "the key of a list that is gone with its emulator"
LONGEST_PAUSE = 0.02
"""Seconds between two runs."""


@dataclass(frozen=True)
class Orders:
    """Where a worker finds both stores, and which members its events may be about."""

    project: str
    firestore: str
    django_url: str
    token: str
    kennitalas: tuple[str, ...]
    seed: int
    mutation: Mutation | None = None
    """A guard that is removed."""


def emulated_client(project: str, address: str, database: str = MEMBERS) -> firestore.Client:
    """A client of the emulator at this address; the library reads it from the environment."""
    with mock.patch.dict(os.environ, FIRESTORE_EMULATOR_HOST=address):
        return firestore.Client(project=project, database=database)


def make_sync(orders: Orders, chance: random.Random) -> Sync:
    """The sync as `sync.deployed` makes it."""
    backoff = Backoff(attempts=3, first=0.01, longest=0.05)
    client = emulated_client(orders.project, orders.firestore)
    field_map = load_field_map()
    reconciler = Reconciler(
        FirestoreStore(client, field_map, backoff),
        DjangoClient(orders.django_url, SecretStr(orders.token), backoff),
        field_map,
        backoff,
        rounds=chance.choice([1, 3, 6]),
        erased=FirestoreErasedKeys(
            emulated_client(orders.project, orders.firestore, ERASED_DATABASE), SecretStr(KEY)
        ),
    )
    limits = RunLimits(batch_size=chance.choice([1, 3, 10, 50]), parallel_batches=2, lease_seconds=1)
    queue, records = FirestoreQueue(client, backoff), FirestoreRecords(client, backoff)
    return Sync(reconciler, queue, records, FirestoreLog(client), FirestoreHeldRuns(client), limits)


def be_quiet() -> None:
    """Log nothing: these workers are made to fail."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)


def work(orders: Orders, begun: Synchronized[int]) -> None:
    """Run, and handle events of random members (late, twice, out of order), until the process is killed.

    `begun` counts the runs and events.
    """
    be_quiet()
    with orders.mutation.made() if orders.mutation else nullcontext():
        _work(orders, begun)


def _work(orders: Orders, begun: Synchronized[int]) -> None:
    chance = random.Random(orders.seed)
    sync = make_sync(orders, chance)
    while True:
        begun.value += 1
        with suppress(SyncError):
            if chance.random() < 0.1:
                Forgetting(sync, NO_USERS).carry_out(1)
            elif chance.random() < 0.5:
                sync.run(Order())
            elif chance.random() < 0.95:
                sync.reconcile_member(chance.choice(orders.kennitalas))
            else:
                sync.run(Order(mode="full"))
        time.sleep(chance.uniform(0, LONGEST_PAUSE))
