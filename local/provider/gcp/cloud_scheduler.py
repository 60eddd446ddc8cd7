"""gcp.cloudscheduler.Job: a scheduled call. The world's scheduler reads it and runs it."""

from __future__ import annotations

from collections.abc import Iterator

from local.google.cloudscheduler import problems
from local.google.frame.discovery import SchemaName, faults
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_resource import BEFORE, Body
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.properties import contains_unknown
from local.provider.resource_type import Inputs, Outputs, Problem
from local.services.job_runner import JOBS


class Job(RestResource):
    """A scheduled HTTP request."""

    pulumi_type = "gcp:cloudscheduler/job:Job"
    kind = JOBS
    schema = SchemaName("cloudscheduler.v1", "Job")
    collection = "projects.locations.jobs"
    name_template = "projects/{project}/locations/{region}/jobs/{name}"
    required = ("name", "schedule")
    outputs = ("state",)

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The job, under its full name and without `paused`, which is an action of the API."""
        return {**self.body(inputs, "paused"), "name": self.name(scope, inputs)}

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Wrong schedules, time zones and limits, and targets other than HTTP."""
        known = {
            key: each for key, each in inputs.items() if key == "httpTarget" or not contains_unknown(each)
        }
        misshaped = any(faults(self.schema, self.translate(scope, inputs), "job", BEFORE))
        if "schedule" in known and not misshaped:
            yield from (Problem("", reason) for reason in problems(known))

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Make the job, and pause it if it is declared so."""
        made = super().make(google, scope, inputs)
        return self._paused(google, made, inputs)

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """Change what differs, and whether it is paused."""
        return self._paused(google, super().change(google, scope, name, old, new), new)

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The inputs, with whether it is paused."""
        return {**super().inputs_of(scope, resource), "paused": resource["state"] == "PAUSED"}

    def _paused(self, google: FrontEnd, job: Body, inputs: Inputs) -> Body:
        verb = "pause" if inputs.get("paused") else "resume"
        return self._call(google, verb, {}, job["name"])
