"""Google's client library for Cloud Scheduler reads, changes, pauses and runs a job, over REST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import scheduler_v1
from google.cloud.scheduler_v1.types import HttpTarget, Job, RetryConfig
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask

from local.world import World

Options = Callable[[str], dict[str, Any]]
Client = scheduler_v1.CloudSchedulerClient


@pytest.fixture
def client(options: Options) -> Client:
    return Client(transport="rest", **options("cloudscheduler"))


@pytest.fixture
def region(parent: str, google_world: World) -> str:
    return f"{parent}/locations/{google_world.region}"


def wanted(region: str, name: str, **others: Any) -> Job:
    target = HttpTarget(uri="http://127.0.0.1:1/", http_method="POST", body=b"{}")
    return Job(name=f"{region}/jobs/{name}", http_target=target, **{"schedule": "30 3 * * *", **others})


def test_a_job_lives_and_dies(client: Client, region: str) -> None:
    made = client.create_job(parent=region, job=wanted(region, "nightly", time_zone="Atlantic/Reykjavik"))
    assert (made.state, made.attempt_deadline.seconds) == (Job.State.ENABLED, 180)
    assert " 03:30:00" in str(made.schedule_time)
    assert client.get_job(name=made.name).http_target == made.http_target
    assert [each.name for each in client.list_jobs(parent=region)] == [made.name]

    changed = Job(name=made.name, schedule="0 4 * * *", retry_config=RetryConfig(retry_count=3))
    paths = FieldMask(paths=["schedule", "retry_config.retry_count"])
    after = client.update_job(job=changed, update_mask=paths)
    assert (after.schedule, after.retry_config.retry_count) == ("0 4 * * *", 3)
    assert (after.time_zone, after.http_target) == (made.time_zone, made.http_target)

    assert client.pause_job(name=made.name).state == Job.State.PAUSED
    client.update_job(
        job=Job(name=made.name, schedule="0 5 * * *"), update_mask=FieldMask(paths=["schedule"])
    )
    assert client.get_job(name=made.name).state == Job.State.PAUSED
    assert client.resume_job(name=made.name).state == Job.State.ENABLED
    assert client.run_job(name=made.name).name == made.name

    client.delete_job(name=made.name)
    with pytest.raises(exceptions.NotFound):
        client.get_job(name=made.name)


@pytest.mark.parametrize(
    ("others", "says"),
    [
        ({"schedule": "daily"}, "not a valid unix-cron"),
        ({"schedule": "* * * * * *"}, "not a valid unix-cron"),
        ({"time_zone": "Iceland/Reykjavik"}, "tz database"),
        ({"attempt_deadline": Duration(seconds=14)}, "attemptDeadline must be between"),
        ({"attempt_deadline": Duration(seconds=1801)}, "attemptDeadline must be between"),
        ({"retry_config": RetryConfig(retry_count=6)}, "retryCount must be between"),
    ],
)
def test_a_job_that_google_refuses_is_refused(
    client: Client, region: str, others: dict[str, Any], says: str
) -> None:
    with pytest.raises(exceptions.BadRequest, match=says):
        client.create_job(parent=region, job=wanted(region, "wrong", **others))
    assert not [each for each in client.list_jobs(parent=region) if each.name.endswith("/wrong")]


def test_a_job_acts_only_as_an_account_that_is_there(
    client: Client, region: str, google_world: World
) -> None:
    job = wanted(region, "nobody")
    job.http_target.oidc_token.service_account_email = f"none@{google_world.project}.iam.gserviceaccount.com"
    with pytest.raises(exceptions.BadRequest, match="does not exist"):
        client.create_job(parent=region, job=job)


def test_a_name_is_taken_once(client: Client, region: str) -> None:
    made = client.create_job(parent=region, job=wanted(region, "twice"))
    with pytest.raises(exceptions.Conflict):
        client.create_job(parent=region, job=wanted(region, "twice"))
    client.delete_job(name=made.name)
