"""gcp.projects.ServiceIdentity: the account by which one of Google's services acts in the project."""

from __future__ import annotations

from local.google.frame.discovery import SchemaName
from local.provider.gcp.google_resource import Body, GoogleResource, Status
from local.provider.gcp.scope import Operation, Scope
from local.provider.resource_type import Inputs, Outputs
from local.resource_store import Record
from local.services.service_agents import agent_of, create_agent


class ServiceIdentity(GoogleResource):
    """The agent of one API. Google never deletes one."""

    pulumi_type = "gcp:projects/serviceIdentity:ServiceIdentity"
    kind = "serviceusage.identities"
    schema = SchemaName("serviceusage.v1beta1", "ServiceIdentity")
    name_template = "projects/{project}/services/{service}"
    apis = ("serviceusage.googleapis.com",)
    required = ("service",)

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """Nothing is sent but the name."""
        return {}

    def realise(self, operation: Operation, record: Record, inputs: Inputs) -> Status:
        """Make the account."""
        create_agent(operation.store, operation.scope.project, str(inputs["service"]))
        return {}

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """The address, which follows from the project's number."""
        address = agent_of(scope.project, str(inputs["service"]))
        return {"email": address, "member": f"serviceAccount:{address}"}
