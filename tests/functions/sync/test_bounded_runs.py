"""A comparison ends within its budget, whether anything differs or not, and the next one goes on there."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from merge_engine.tests.in_memory.tables import Shadow
from runtime.settings import RunLimits
from sync import comparison
from sync.held import situation_of
from sync.order import Order
from sync.service import Sync
from tests.functions.doubles.memory_list import MemoryList
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import MemoryStore, document

PAGE = 10
MANY = [f"01017{number:05}" for number in range(35)]
FULL = Order(mode="full")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "HASH_PAGE", PAGE)


@pytest.fixture
def hurried(sync: Sync, store: MemoryStore, peer: MemoryPeer) -> Sync:
    """A sync whose time is over at once. Both sides hold the same."""
    for kennitala in MANY:
        peer.put(document(kennitala))
    sync.run(Order())
    return replace(sync, limits=RunLimits(parallel_batches=1, budget_seconds=1e-9))


def test_a_run_without_differences_ends_too_and_says_what_is_left(hurried: Sync) -> None:
    result = hurried.run(FULL)

    assert (result["status"], result["drift"]["left"]) == ("partial", 25)
    assert result["drift"]["in_django"] == result["drift"]["in_firestore"] == PAGE


def test_every_member_has_a_turn_within_a_round(hurried: Sync, store: MemoryStore, peer: MemoryPeer) -> None:
    for kennitala in MANY:
        store.edit(kennitala, name="Ný")

    nights = [hurried.run(FULL) for _ in range(4)]

    assert [night["drift"]["left"] for night in nights] == [25, 15, 5, 0]
    assert [night["status"] for night in nights] == ["partial"] * 3 + ["success"]
    assert {peer.value(kennitala, "name") for kennitala in MANY} == {"Ný"}


def test_those_who_cannot_be_repaired_keep_nobody_from_their_turn(
    hurried: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    for kennitala in MANY:
        store.edit(kennitala, name="Ný")
    peer.invalid.update(MANY[:20])

    for _ in range(4):
        hurried.run(FULL)

    assert {peer.value(kennitala, "name") for kennitala in MANY[20:]} == {"Ný"}


def test_a_run_with_time_left_looks_at_everybody_wherever_it_begins(
    hurried: Sync, sync: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    hurried.run(FULL)
    store.edit(MANY[0], name="Ný")

    result = sync.run(FULL)

    assert (result["status"], result["drift"]["in_django"], peer.reached) == ("success", len(MANY), "")
    assert peer.value(MANY[0], "name") == "Ný"


def test_the_erased_are_looked_for_within_the_budget_and_all_of_them_are_found(
    hurried: Sync, peer: MemoryPeer
) -> None:
    """Records of the register name people who were erased, and of whom neither side has anything else."""
    gone = [f"02017{number:05}" for number in range(34)]
    peer.tables.shadows.update({kennitala: Shadow(kennitala) for kennitala in gone})
    listed = MemoryList(dict.fromkeys(gone, "an erasure"))
    searching = replace(hurried, reconciler=replace(hurried.reconciler, erased=listed))

    nights = [(searching.run(FULL)["status"], len({*gone} & {*peer.tables.shadows})) for _ in range(7)]

    assert nights == [
        *[("partial", 34)] * 3,
        ("partial", 29),
        ("partial", 19),
        ("partial", 9),
        ("success", 0),
    ]


def test_who_is_held_no_more_is_let_go_within_the_budget(
    hurried: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    """Firestore was emptied, so everybody was held; then it was repaired."""
    hurried = replace(hurried, limits=hurried.limits.model_copy(update={"batch_size": 5}))
    documents, store.members = store.members, {}
    for _ in range(4):
        hurried.run(FULL)
    store.members = documents

    nights = [len(MANY), *((hurried.run(FULL), len(situation_of(peer).members))[1] for _ in range(10))]

    assert max(before - after for before, after in pairwise(nights)) == 5
    assert nights[-1] == 0


def test_a_dry_run_moves_nothing_on(hurried: Sync, peer: MemoryPeer) -> None:
    result = hurried.run(Order(mode="full", dry_run=True))

    assert (result["status"], peer.reached) == ("partial", "")
