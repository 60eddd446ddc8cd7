"""gcp.projects.Service: the enabled APIs of a project; and what a program is told of the project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local.google.frame import discovery
from local.google.frame.discovery import SchemaName
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_resource import Body
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.properties import is_unknown
from local.provider.resource_type import Inputs, Outputs, Problem
from local.services.enabled_apis import SERVICES, project_number, service_name


class Service(RestResource):
    """An enabled API. Resources that need it cannot be created without it."""

    pulumi_type = "gcp:projects/service:Service"
    kind = SERVICES
    schema = SchemaName("serviceusage.v1", "GoogleApiServiceusageV1Service")
    collection = "services"
    name_template = "projects/{project}/services/{service}"
    required = ("service",)
    steering = frozenset(
        {"disableOnDestroy", "disableDependentServices", "checkIfServiceHasUsageOnDestroy", "deletionPolicy"}
    )

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The enabled service."""
        return {**self.body(inputs), "name": self.name(scope, inputs), "state": "ENABLED"}

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Unknown APIs."""
        api = inputs["service"]
        if is_unknown(api):
            return
        if not str(api).endswith(".googleapis.com") or not discovery.is_google_api(str(api)):
            yield Problem("service", f"Service '{api}' is not a Google API")

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Enable it."""
        enabled: Body = self._call(google, "enable", {}, self.name(scope, inputs))["service"]
        return enabled

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """Nothing of it can change."""
        return self.get(google, name)

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Disable it, unless it was declared to stay enabled."""
        if outputs.get("disableOnDestroy") is not False:
            self._call(google, "disable", {}, name)

    def is_there(self, resource: Body) -> bool:
        """Whether it is enabled."""
        return bool(resource["state"] == "ENABLED")

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The API's name."""
        return {"service": resource["config"]["name"]}

    def name_of_import(self, scope: Scope, resource_id: str) -> str:
        """`PROJECT/API`, as Terraform has it, or the REST name."""
        api = resource_id.rsplit("/", 1)[-1]
        return service_name(scope.project, api)


def get_project(settings: Mapping[str, str], arguments: Inputs) -> dict[str, Any]:
    """`gcp:organizations/getProject:getProject`: an invented number; all else is the project's id."""
    project = str(arguments.get("projectId") or settings["project"])
    return {
        "id": f"projects/{project}",
        "projectId": project,
        "name": project,
        "number": str(project_number(project)),
        "labels": {},
        "effectiveLabels": {},
        "pulumiLabels": {},
        "autoCreateNetwork": True,
        "billingAccount": "",
        "deletionPolicy": "PREVENT",
        "folderId": "",
        "orgId": "",
        "tags": {},
    }
