"""gcp.identityplatform.Config: Firebase Authentication, which is Google's emulator.

The authorised domains are only recorded: Firebase checks them if a browser signs in by a pop-up or a
redirect, but its emulator never does. Who may sign up, and how, is enforced.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.google.frame.discovery import SchemaName
from local.provider.gcp.google_resource import GoogleResource, Status
from local.provider.gcp.scope import Operation, Scope
from local.provider.resource_type import Inputs, Outputs, Problem
from local.resource_store import Record
from local.services import programs
from local.services.auth_settings import CONFIGS, put_declared_settings
from local.services.world_program import is_up, start_service, stop_service

SETTINGS = frozenset({"project", "authorizedDomains", "client", "signIn"})


class Config(GoogleResource):
    """The sign-in settings. The emulator runs as long as they are declared."""

    pulumi_type = "gcp:identityplatform/config:Config"
    kind = CONFIGS
    schema = SchemaName("identitytoolkit.v2", "GoogleCloudIdentitytoolkitAdminV2Config")
    name_template = "projects/{project}/config"
    apis = ("identitytoolkit.googleapis.com",)
    outputs = ("name",)

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Settings that the emulator would ignore."""
        for name in sorted(inputs.keys() - SETTINGS):
            yield Problem(name, "the Firebase Auth emulator has no such setting")

    def realise(self, operation: Operation, record: Record, inputs: Inputs) -> Status:
        """Start the emulator, wait until it answers, and give it the settings."""
        start_service(operation.world, programs.auth(operation.world))
        put_declared_settings(operation.world)
        return {}

    def unrealise(self, operation: Operation, record: Record, inputs: Inputs) -> None:
        """End the emulator."""
        stop_service(operation.world, "auth")

    def is_alive(self, operation: Operation, record: Record) -> bool:
        """Whether the emulator runs."""
        return is_up(operation.world, "auth")

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """The name, of which there is only one."""
        return {"name": f"projects/{scope.project}/config"}

    def name_of_import(self, scope: Scope, resource_id: str) -> str:
        """`projects/PROJECT`, as Terraform has it, or the REST name."""
        return f"projects/{scope.project}/config"
