"""The seed of a run: the samples of the long proofs begin from it, so each run tries something else.

It is printed at the top. With EKKLESIA_SEED=N in the environment, a run makes the same choices again.
"""

from __future__ import annotations

import os
import time

import pytest

VARIABLE = "EKKLESIA_SEED"


def pytest_configure() -> None:
    """Choose it once; the processes of a parallel run inherit it."""
    os.environ.setdefault(VARIABLE, str(int(time.time())))


def pytest_report_header() -> str:
    """Say how to make the same choices again."""
    return f"seed: {VARIABLE}={os.environ[VARIABLE]}"


def of_this_run() -> int:
    """The seed of this run, for tests that are made by it while they are collected."""
    return int(os.environ[VARIABLE])


@pytest.fixture(scope="session")
def seed() -> int:
    """The seed of this run."""
    return of_this_run()
