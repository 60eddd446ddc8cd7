"""The Firestore emulator with the rules that production gets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bench.rig import running_emulator
from tests.rules.rest import Rest

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "infra" / "firestore.rules"
PROJECT = "demo-rules"


@pytest.fixture(scope="session")
def firestore_emulator() -> Iterator[str]:
    """`HOST:PORT` of an emulator with infra's rules, for this session only."""
    with running_emulator(f"--rules={RULES}", f"--project_id={PROJECT}") as address:
        yield address


@pytest.fixture
def rest(firestore_emulator: str) -> Iterator[Rest]:
    """The same emulator by its REST API."""
    with httpx.Client(timeout=60) as http:
        yield Rest(firestore_emulator, PROJECT, http)
