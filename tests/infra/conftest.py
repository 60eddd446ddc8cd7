from __future__ import annotations

from typing import Any

import pytest

from tests.infra.mocks import ROOT, Program, run_program, settings_of


@pytest.fixture(scope="session")
def production() -> Program:
    """What the program declares with production's settings."""
    return run_program(settings_of(ROOT / "Pulumi.prod.yaml"))


@pytest.fixture
def config() -> dict[str, Any]:
    """Production's settings, to be changed by a test."""
    return settings_of(ROOT / "Pulumi.prod.yaml")
