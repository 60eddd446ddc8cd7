"""For all proofs: the batches of a run follow one another in the worker's own thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import pytest

from sync import runs

Item = TypeVar("Item")
Done = TypeVar("Done")


def in_turn(work: Callable[[Item], Done], batches: Iterable[Item], _workers: int) -> Iterator[Done]:
    """`map_batches` without threads: a schedule can stop a worker only in its own thread."""
    return map(work, batches)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "map_batches", in_turn)
