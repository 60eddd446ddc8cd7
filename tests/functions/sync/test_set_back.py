"""A store that was set back is noticed before anything is written, and then the sync is stopped."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sync.order import Order
from sync.service import Sync
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import MemoryStore, document

JON, ANNA, SOL = "0101701234", "0202802345", "0303903456"
FULL = Order(mode="full")


@dataclass
class Pair:
    """Both stores, what a backup of each holds, and the sync between them."""

    sync: Sync
    peer: MemoryPeer
    store: MemoryStore

    def __post_init__(self) -> None:
        self.peer.put(document(JON))
        self.peer.put(document(ANNA))
        self.run(FULL)
        self.run(FULL)
        self.tables = copy.deepcopy(self.peer.tables)
        self.documents = copy.deepcopy((self.store.members, self.store.entries, self.store.carried))

    def run(self, order: Order = FULL) -> dict[str, Any]:
        return self.sync.run(order)

    def a_day_passes(self) -> None:
        """Both sides are edited, somebody joins, and the sync carries it."""
        self.peer.edit(JON, membership__status="left")
        self.store.ask(ANNA, profile__email="new@example.is")
        self.peer.put(document(SOL))
        assert self.run(Order())["status"] == "success"
        assert self.run(FULL)["status"] == "success"

    def set_register_back(self) -> None:
        vars(self.peer.tables).update(vars(copy.deepcopy(self.tables)))

    def empty_register(self) -> None:
        vars(self.peer.tables).update(vars(type(self.peer.tables)()))

    def set_firestore_back(self) -> None:
        self.store.members, self.store.entries, self.store.carried = copy.deepcopy(self.documents)

    def empty_firestore(self) -> None:
        self.store.members, self.store.entries, self.store.carried = {}, {}, None

    def all_values(self) -> Any:
        """Everything that both stores hold, but for what says that the sync is stopped."""
        tables = {name: value for name, value in vars(self.peer.tables).items() if name != "epoch"}
        return copy.deepcopy(
            (
                {
                    name: [vars(row) for row in value.values()]
                    for name, value in tables.items()
                    if name == "shadows"
                },
                tables["members"],
                len(tables["conflicts"]),
                self.store.members,
                self.store.carried,
            )
        )


@pytest.fixture
def stores(sync: Sync, peer: MemoryPeer, store: MemoryStore) -> Pair:
    return Pair(sync, peer, store)


SET_BACK = {
    "register": (Pair.set_register_back, "the register was set back"),
    "register emptied": (Pair.empty_register, "the register was emptied or restored"),
    "firestore": (Pair.set_firestore_back, "it was set back"),
    "firestore emptied": (Pair.empty_firestore, "it was emptied, or it is another database"),
}


@pytest.mark.parametrize(("set_back", "reason"), SET_BACK.values(), ids=[*SET_BACK])
@pytest.mark.parametrize("order", [FULL, Order(), Order(members=[JON])], ids=["full", "pending", "named"])
def test_a_run_stops_before_it_writes(
    stores: Pair, set_back: Callable[[Pair], None], reason: str, order: Order
) -> None:
    stores.a_day_passes()
    set_back(stores)
    stores.peer.edit(JON, name="Edited Since") if JON in stores.peer.tables.members else None
    before = stores.all_values()
    for _ in range(3):
        result = stores.run(order)
        assert result["status"] == "stopped"
        assert reason in result["stopped"]
        assert "fab sync --after-restore=register|firestore --dry-run" in result["stopped"]
    stores.sync.reconcile_member(JON)
    stores.sync.reconcile_member(SOL)
    assert stores.all_values() == before
    assert stores.store.logs[-1]["status"] == "stopped"


@pytest.mark.parametrize(("set_back", "reason"), SET_BACK.values(), ids=[*SET_BACK])
def test_the_first_event_writes_nothing_either(
    stores: Pair, set_back: Callable[[Pair], None], reason: str
) -> None:
    stores.a_day_passes()
    set_back(stores)
    before = stores.all_values()
    for kennitala in (JON, ANNA, SOL):
        stores.sync.reconcile_member(kennitala)
    assert stores.all_values() == before
    assert reason in stores.peer.tables.epoch.stopped["reason"]


def test_a_dry_run_says_so_and_keeps_nothing(stores: Pair) -> None:
    stores.a_day_passes()
    stores.set_firestore_back()
    result = stores.run(Order(mode="full", dry_run=True))
    assert "it was set back" in result["stopped"]
    assert result["status"] == "stopped"
    assert stores.peer.tables.epoch.stopped is None


def test_the_sync_goes_on_once_the_right_store_is_back(stores: Pair) -> None:
    stores.a_day_passes()
    right = copy.deepcopy((stores.store.members, stores.store.entries, stores.store.carried))
    stores.set_firestore_back()
    assert stores.run()["status"] == "stopped"
    stores.store.members, stores.store.entries, stores.store.carried = right
    assert stores.run()["status"] == "success"


def test_both_set_back_to_one_moment_agree(stores: Pair) -> None:
    stores.a_day_passes()
    stores.set_register_back()
    stores.set_firestore_back()
    assert stores.run()["status"] == "success"


def test_two_strangers_are_no_pair(stores: Pair) -> None:
    line = stores.peer.tables.epoch.line
    stores.peer.tables.epoch = stores.peer.tables.epoch._replace(line="another")
    assert "are not a pair" in stores.run()["stopped"]
    stores.peer.tables.epoch = stores.peer.tables.epoch._replace(line=line)
    assert stores.run()["status"] == "success"


def test_an_idle_run_leaves_firestore_alone(stores: Pair) -> None:
    before = stores.store.carried
    for _ in range(3):
        stores.run(Order())
    assert stores.store.carried == before
