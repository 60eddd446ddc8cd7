"""Jobs run by the test's clock, through the real front end."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.resource_store import Record
from local.services.internal_network import internal_client
from local.services.job_runner import ATTEMPTS, JOBS, JobRunner
from local.services.scheduler import Scheduler
from local.world import World
from tests.services import roles
from tests.services.declarations import PROJECT, REGION, Declarations, email
from tests.services.recording_function import RecordingFunction

pytestmark = pytest.mark.usefixtures("ingress")
JOB = f"projects/{PROJECT}/locations/{REGION}/jobs/bidirectional-member-sync"
START = datetime(2026, 11, 23, 3, 29, 50, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def closed_function(declared: Declarations, function: RecordingFunction) -> str:
    """Declare a function that only the scheduler's account may call; return its service."""
    service = declared.function("bidirectional_sync", function.port, ingress="INGRESS_TRAFFIC_INTERNAL_ONLY")
    caller = declared.account("sync-scheduler")
    declared.grant(f"serviceAccount:{caller}", roles.INVOKER, service)
    return service


def declare_job(declared: Declarations, **changes: Any) -> Record:
    uri = f"{declared.world.url('functions')}/bidirectional_sync"
    job = {
        "name": JOB,
        "schedule": "30 3 * * *",
        "timeZone": "Atlantic/Reykjavik",
        "state": "ENABLED",
        "attemptDeadline": "600s",
        "httpTarget": {
            "uri": uri,
            "httpMethod": "POST",
            "headers": {"Content-Type": "application/json"},
            "body": base64.b64encode(b'{"mode": "full"}').decode(),
            "oidcToken": {"serviceAccountEmail": email("sync-scheduler"), "audience": uri},
        },
    }
    return declared.record(JOBS, JOB, job | changes)


def run_job(world: World, job: Record) -> tuple[str, list[float]]:
    """Run a job now; return its outcome and the pauses between its attempts, which take no time here."""
    pauses: list[float] = []

    async def no_sleep(pause: float) -> None:
        pauses.append(pause)

    async def run() -> str:
        async with internal_client(world) as client:
            return await JobRunner(world, client, no_sleep).run(job, START)

    return asyncio.run(run()), pauses


def with_scheduler(world: World, scenario: Callable[[Scheduler, Clock], Awaitable[None]]) -> None:
    async def run() -> None:
        async with internal_client(world) as client:
            clock = Clock()
            await scenario(Scheduler(world, JobRunner(world, client), clock), clock)

    asyncio.run(run())


@pytest.mark.usefixtures("closed_function")
def test_a_job_fires_at_its_minute_and_only_then(
    running_world: World, declared: Declarations, function: RecordingFunction
) -> None:
    declare_job(declared)

    async def scenario(scheduler: Scheduler, clock: Clock) -> None:
        for second in range(0, 180, 5):
            clock.now = START + timedelta(seconds=second)
            assert scheduler.tick() == ([JOB] if second == 10 else [])
            await asyncio.sleep(0.01)
        await asyncio.to_thread(function.wait_for, 1)

    with_scheduler(running_world, scenario)
    assert len(function.received) == 1


@pytest.mark.usefixtures("closed_function")
def test_a_job_that_still_runs_is_not_started_again(
    running_world: World, declared: Declarations, function: RecordingFunction
) -> None:
    declare_job(declared, schedule="* * * * *")
    function.delay = 0.5

    async def scenario(scheduler: Scheduler, clock: Clock) -> None:
        clock.now = START + timedelta(minutes=1)
        assert scheduler.tick() == [JOB]
        await asyncio.to_thread(function.wait_for, 1)
        clock.now = START + timedelta(minutes=2)
        assert scheduler.tick() == []

    with_scheduler(running_world, scenario)


@pytest.mark.usefixtures("closed_function")
def test_the_request_is_that_of_cloud_scheduler(
    running_world: World, declared: Declarations, function: RecordingFunction
) -> None:
    outcome, _ = run_job(running_world, declare_job(declared))
    assert outcome == "OK"
    request = function.received[0]
    assert request.body == b'{"mode": "full"}'
    assert request.headers["user-agent"] == "Google-Cloud-Scheduler"
    assert request.headers["x-cloudscheduler-jobname"] == "bidirectional-member-sync"
    assert request.headers["content-type"] == "application/json"


@pytest.mark.usefixtures("closed_function")
def test_the_last_attempt_is_on_record(
    running_world: World, declared: Declarations, function: RecordingFunction
) -> None:
    function.statuses = [500]
    run_job(running_world, declare_job(declared))
    attempt = declared.store.get(ATTEMPTS, JOB)
    assert attempt is not None
    assert attempt.status["outcome"] == "HTTP 500"
    assert datetime.fromisoformat(attempt.status["scheduleTime"]) == START
    declared.store.delete(ATTEMPTS, JOB)


@pytest.mark.usefixtures("closed_function")
def test_a_failure_is_tried_again_as_often_as_the_job_says(
    running_world: World, declared: Declarations, function: RecordingFunction
) -> None:
    function.statuses = [500, 503, 200]
    job = declare_job(declared, retryConfig={"retryCount": 5, "minBackoffDuration": "30s"})
    assert run_job(running_world, job) == ("OK", [30, 60])
    assert len(function.received) == 3


@pytest.mark.usefixtures("closed_function")
def test_without_retries_one_failure_ends_the_run(
    running_world: World, declared: Declarations, function: RecordingFunction
) -> None:
    function.statuses = [500, 200]
    assert run_job(running_world, declare_job(declared)) == ("HTTP 500", [])
    assert len(function.received) == 1


@pytest.mark.usefixtures("closed_function")
def test_an_attempt_that_takes_too_long_has_failed(
    running_world: World, declared: Declarations, function: RecordingFunction
) -> None:
    function.delay = 2
    outcome, _ = run_job(running_world, declare_job(declared, attemptDeadline="0.5s"))
    assert outcome == "DEADLINE_EXCEEDED"


def test_without_the_invoker_role_the_run_is_refused(
    running_world: World, declared: Declarations, function: RecordingFunction, closed_function: str
) -> None:
    declared.revoke(f"{closed_function}|{roles.INVOKER}|serviceAccount:{email('sync-scheduler')}")
    assert run_job(running_world, declare_job(declared))[0] == "HTTP 403"
    assert function.received == []


@pytest.mark.usefixtures("closed_function")
def test_a_job_without_identity_is_refused(
    running_world: World, declared: Declarations, function: RecordingFunction
) -> None:
    target = declare_job(declared).resource["httpTarget"]
    without = {name: value for name, value in target.items() if name != "oidcToken"}
    assert run_job(running_world, declare_job(declared, httpTarget=without))[0] == "HTTP 401"
    assert function.received == []


def test_a_job_whose_account_is_gone_calls_nobody(
    running_world: World, declared: Declarations, function: RecordingFunction
) -> None:
    declared.public_function("bidirectional_sync", function.port)
    outcome, _ = run_job(running_world, declare_job(declared))
    assert outcome.startswith("PERMISSION_DENIED")
    assert function.received == []
