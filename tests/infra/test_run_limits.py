"""A run of the sync ends by itself, before anybody who waits for it gives up."""

from __future__ import annotations

from typing import Any

import pytest

from infra.names import DAILY_JOB, SWEEP_JOB
from runtime.settings import RunLimits
from tools.program_run import Program

LAST_BATCH_SECONDS = 60
"""What the batches that are under way when the budget is spent may still take."""


def timeout(production: Program, function: str) -> int:
    return int(production.get("Function", function).inputs["serviceConfig"]["timeoutSeconds"])


@pytest.mark.parametrize("function", ["bidirectional_sync", "syncmembers", "decideheld", "operatordecision"])
def test_a_run_spends_its_budget_before_google_ends_the_function(production: Program, function: str) -> None:
    assert RunLimits().budget_seconds + LAST_BATCH_SECONDS <= timeout(production, function)


def test_the_nightly_job_waits_until_its_run_has_ended(production: Program) -> None:
    deadline = production.get("Job", DAILY_JOB).inputs["attemptDeadline"]

    assert int(deadline.removesuffix("s")) >= timeout(production, "bidirectional_sync")


def test_a_job_that_failed_is_tried_again_only_if_no_other_comes_soon(production: Program) -> None:
    """The nightly one, after a pause that grows; the next sweep comes within a minute."""
    retries = {it.name: it.inputs["retryConfig"] for it in production.of_type("cloudscheduler/job:Job")}
    assert retries[DAILY_JOB]["retryCount"] == 3
    assert retries[SWEEP_JOB]["retryCount"] == 0
    for each in retries.values():
        first, longest = (int(each[f"{name}BackoffDuration"].removesuffix("s")) for name in ("min", "max"))
        assert 0 < first < longest <= 3600
    for job in production.of_type("cloudscheduler/job:Job"):
        assert job.inputs["httpTarget"]["headers"] == {"Content-Type": "application/json"}


def test_people_are_served_while_the_sync_runs(config: dict[str, Any]) -> None:
    assert RunLimits().parallel_batches < config["ekklesia:linode"]["workers"]
