"""gcp.identityplatform.Config: Firebase Authentication, which is Google's emulator."""

from __future__ import annotations

from collections.abc import Iterator

from local.google import identitytoolkit
from local.google.frame.discovery import SchemaName
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_resource import Body
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.properties import without
from local.provider.resource_type import Inputs, Outputs, Problem
from local.services.auth_settings import CONFIGS


class Config(RestResource):
    """The sign-in settings. Once enabled they stay: Google has no method to delete them."""

    pulumi_type = "gcp:identityplatform/config:Config"
    kind = CONFIGS
    schema = SchemaName("identitytoolkit.v2", "GoogleCloudIdentitytoolkitAdminV2Config")
    collection = "projects"
    get_verb = "getConfig"
    change_verb = "updateConfig"
    name_template = "projects/{project}/config"
    outputs = ("name",)

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Settings that the emulator would ignore."""
        settings = without(inputs, ("project",))
        yield from (Problem("", reason) for reason in identitytoolkit.problems(settings))

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Enable it, and set what is declared."""
        self._call(google, "identityPlatform.initializeAuth", None, f"projects/{scope.project}")
        return self.change(google, scope, self.name(scope, inputs), {}, inputs)

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """Change the settings that differ. One that is declared no more stays as it is."""
        kept = {key: value for key, value in old.items() if key in new}
        return super().change(google, scope, name, kept, new)

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Leave the settings as they are."""

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """The name, of which there is only one."""
        return {"name": f"projects/{scope.project}/config"}

    def name_of_import(self, scope: Scope, resource_id: str) -> str:
        """`projects/PROJECT`, as Terraform has it, or the REST name."""
        return f"projects/{scope.project}/config"
