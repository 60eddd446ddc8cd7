from __future__ import annotations

from typing import Any

import pytest

from tools.program_run import ROOT, Program, run_program, settings_of

GUDRUN = "gudrun@example.is"
A_WORLD: dict[str, Any] = {
    "ekklesia:protect": False,
    "ekklesia:backupBucket": {"retainedDays": 0},
    "ekklesia:corsAllowedOrigins": ["http://127.0.0.1:8401", "http://localhost:8401"],
    "ekklesia:emulators": {"auth": "http://127.0.0.1:8404", "firestore": "127.0.0.1:8403"},
    "ekklesia:office": {
        "address": "Gata 1",
        "phone": "555-0100",
        "email": "a@b.is",
        "joinUrl": "https://b.is/join",
    },
}
"""Settings of a one-machine world that production has otherwise."""


@pytest.fixture(scope="session")
def production() -> Program:
    """What the program declares with production's settings."""
    return run_program(settings_of(ROOT / "Pulumi.prod.yaml"))


@pytest.fixture(scope="session")
def with_operator() -> Program:
    """The same with somebody who may decide what is held."""
    return run_program(settings_of(ROOT / "Pulumi.prod.yaml") | {"ekklesia:operators": {"gudrun": GUDRUN}})


@pytest.fixture(scope="session")
def of_a_world() -> Program:
    """What it declares for a one-machine world, with the world's own addresses and token."""
    settings = settings_of(ROOT / "Pulumi.prod.yaml") | A_WORLD
    settings["ekklesia:linode"]["runtime"] = "current"
    settings["ekklesia:googleApis"] |= {
        "any": "http://127.0.0.1:8402/{api}",
        "accessToken": "of-the-world",
        "hosting": "http://127.0.0.1:8402/hosting",
    }
    return run_program(settings)


@pytest.fixture
def config() -> dict[str, Any]:
    """Production's settings; a test may change them."""
    return settings_of(ROOT / "Pulumi.prod.yaml")
