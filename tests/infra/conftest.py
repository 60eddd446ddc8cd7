from __future__ import annotations

import warnings
from typing import Any

import pulumi_gcp
import pytest

from tools.program_run import ROOT, Program, run_program, settings_of

with warnings.catch_warnings():
    # This part of the SDK warns of a function of its own, which we do not use, whenever it is imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    _ = pulumi_gcp.storage.Bucket


@pytest.fixture(scope="session")
def production() -> Program:
    """What the program declares with production's settings."""
    return run_program(settings_of(ROOT / "Pulumi.prod.yaml"))


@pytest.fixture
def config() -> dict[str, Any]:
    """Production's settings, to be changed by a test."""
    return settings_of(ROOT / "Pulumi.prod.yaml")
