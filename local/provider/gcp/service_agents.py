"""gcp.projects.ServiceIdentity: the account by which one of Google's services acts in the project."""

from __future__ import annotations

from local.google.frame.discovery import SchemaName
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_resource import Body
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.resource_type import Call, Inputs, Outputs
from local.services.service_agents import AGENTS, agent_of


class ServiceIdentity(RestResource):
    """The agent of one API. Google never deletes one, and has no method to read one."""

    pulumi_type = "gcp:projects/serviceIdentity:ServiceIdentity"
    kind = AGENTS
    schema = SchemaName("serviceusage.v1beta1", "ServiceIdentity")
    collection = "services"
    name_template = "projects/{project}/services/{service}"
    required = ("service",)

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """Nothing is sent but the name."""
        return {}

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Have Google make the account."""
        return self._call(google, "generateServiceIdentity", None, self.name(scope, inputs))

    def read(self, call: Call, resource_id: str, outputs: Inputs) -> tuple[str, Inputs, Outputs] | None:
        """What is known, as the real provider answers."""
        return resource_id, self.declarable(outputs), dict(outputs)

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Leave the account."""

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """The address, which follows from the project's number."""
        address = agent_of(scope.project, str(inputs["service"]))
        return {"email": address, "member": f"serviceAccount:{address}"}
