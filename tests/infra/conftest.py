from __future__ import annotations

import warnings
from typing import Any

import pulumi_gcp
import pytest

from tools.program_run import ROOT, Program, run_program, settings_of

with warnings.catch_warnings():
    # On its import, this part of the SDK warns of one of its own functions, which we do not use.
    warnings.simplefilter("ignore", DeprecationWarning)
    _ = pulumi_gcp.storage.Bucket


@pytest.fixture(scope="session")
def production() -> Program:
    """What the program declares with production's settings."""
    return run_program(settings_of(ROOT / "Pulumi.prod.yaml"))


@pytest.fixture
def config() -> dict[str, Any]:
    """Production's settings; a test may change them."""
    return settings_of(ROOT / "Pulumi.prod.yaml")
