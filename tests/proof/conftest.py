"""For all proofs: the batches of a run follow one another in the worker's own thread."""

from __future__ import annotations

import pytest

from sync import runs
from tests.proof.stepping import in_turn


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "map_batches", in_turn)
