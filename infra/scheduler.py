"""Cloud Scheduler: the daily comparison, and the sweep each minute, which works off what is pending."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra import service_accounts
from infra.cloud_function import CloudFunction
from infra.names import DAILY_JOB, SWEEP_JOB
from infra.settings import Settings

TIME_ZONE = "Atlantic/Reykjavik"


@dataclass(frozen=True)
class Schedule:
    """One job: its time, the deadline and the retries of an attempt, and the mode that it asks for."""

    name: str
    purpose: str
    cron: str
    deadline: str
    retries: int
    mode: str


SCHEDULES = (
    Schedule(DAILY_JOB, "Compares every member on both sides", "30 3 * * *", "600s", 3, "full"),
    # The next sweep comes within a minute, so a failed one is not tried again.
    Schedule(SWEEP_JOB, "Drains what is pending", "* * * * *", "180s", 0, "pending"),
)


def declare(settings: Settings, sync: CloudFunction, after: Sequence[pulumi.Resource]) -> None:
    """Declare the jobs, and the account with which they call the function."""
    opts = pulumi.ResourceOptions(depends_on=after)
    caller = service_accounts.account(settings, "sync-scheduler", "Calls the sync on schedule", opts)
    binding = sync.allow("scheduler", service_accounts.member(caller))
    for schedule in SCHEDULES:
        _job(settings, schedule, sync, caller, pulumi.ResourceOptions(depends_on=[*after, binding]))


def _job(
    settings: Settings,
    schedule: Schedule,
    sync: CloudFunction,
    caller: gcp.serviceaccount.Account,
    opts: pulumi.ResourceOptions,
) -> None:
    gcp.cloudscheduler.Job(
        schedule.name,
        project=settings.project,
        region=settings.region,
        name=schedule.name,
        description=schedule.purpose,
        schedule=schedule.cron,
        time_zone=TIME_ZONE,
        attempt_deadline=schedule.deadline,
        retry_config=gcp.cloudscheduler.JobRetryConfigArgs(
            retry_count=schedule.retries, min_backoff_duration="30s", max_backoff_duration="600s"
        ),
        http_target=gcp.cloudscheduler.JobHttpTargetArgs(
            uri=sync.url,
            http_method="POST",
            headers={"Content-Type": "application/json"},
            body=base64.b64encode(json.dumps({"mode": schedule.mode}).encode()).decode(),
            oidc_token=gcp.cloudscheduler.JobHttpTargetOidcTokenArgs(
                service_account_email=caller.email, audience=sync.url
            ),
        ),
        opts=opts,
    )
