"""gcp.cloudscheduler.Job: a scheduled call. The world's scheduler reads it and runs it."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import available_timezones

from croniter import croniter

from local.google.frame.discovery import SchemaName
from local.provider.gcp.existing_accounts import require_account
from local.provider.gcp.google_resource import Body, GoogleResource
from local.provider.gcp.scope import Operation, Scope
from local.provider.properties import is_unknown
from local.provider.resource_type import Inputs, Outputs, Problem
from local.resource_store import Record

CRON_FIELDS = 5


class Job(GoogleResource):
    """A scheduled HTTP request."""

    pulumi_type = "gcp:cloudscheduler/job:Job"
    kind = "cloudscheduler.jobs"
    schema = SchemaName("cloudscheduler.v1", "Job")
    name_template = "projects/{project}/locations/{region}/jobs/{name}"
    apis = ("cloudscheduler.googleapis.com",)
    required = ("name", "schedule")
    outputs = ("state",)

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The job, under its full name and without `paused`, which is an action of the API."""
        return {**self.body(inputs, "paused"), "name": self.name(scope, inputs)}

    def recorded(self, scope: Scope, inputs: Inputs) -> Body:
        """The job with the state that follows from `paused`."""
        state = "PAUSED" if inputs.get("paused") else "ENABLED"
        return {**self.translate(scope, inputs), "state": state}

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Wrong schedules and time zones, and targets other than HTTP."""
        schedule, zone = inputs["schedule"], inputs.get("timeZone", "Etc/UTC")
        if not is_unknown(schedule) and not _is_cron(schedule):
            yield Problem("schedule", f"Schedule {schedule!r} is not a valid unix-cron expression")
        if not is_unknown(zone) and zone not in available_timezones():
            yield Problem("timeZone", f"Time zone {zone!r} is not in the tz database")
        if "httpTarget" not in inputs:
            yield Problem("httpTarget", "the local provider fires jobs with an HTTP target only")

    def demand(self, operation: Operation, inputs: Inputs) -> None:
        """The job's account must exist."""
        target = inputs["httpTarget"]
        for token in (target.get("oidcToken"), target.get("oauthToken")):
            if token:
                require_account(operation, token["serviceAccountEmail"])

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """The job's state."""
        return {"state": record.resource["state"]}


def _is_cron(schedule: str) -> bool:
    return len(schedule.split()) == CRON_FIELDS and croniter.is_valid(schedule)
