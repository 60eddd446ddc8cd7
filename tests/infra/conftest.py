from __future__ import annotations

from typing import Any

import pytest

from tools.program_run import ROOT, Program, run_program, settings_of


@pytest.fixture(scope="session")
def production() -> Program:
    """What the program declares with production's settings."""
    return run_program(settings_of(ROOT / "Pulumi.prod.yaml"))


@pytest.fixture
def config() -> dict[str, Any]:
    """Production's settings; a test may change them."""
    return settings_of(ROOT / "Pulumi.prod.yaml")
