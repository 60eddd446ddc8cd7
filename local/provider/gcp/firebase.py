"""gcp.firebase: the hosting site, which the world serves, and the web app, which is only recorded."""

from __future__ import annotations

from typing import ClassVar

from local.google.frame.discovery import SchemaName
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_resource import Body, GoogleResource, Status
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Operation, Scope
from local.provider.resource_type import Inputs, Outputs
from local.resource_store import Record
from local.services import programs
from local.services.hosting import WEB_APPS
from local.services.world_program import is_up, start_service, stop_service

SITES = "firebasehosting.sites"


class HostingSite(GoogleResource):
    """A site; its files come by the Hosting API."""

    pulumi_type = "gcp:firebase/hostingSite:HostingSite"
    kind = SITES
    schema = SchemaName("firebasehosting.v1beta1", "Site")
    name_template = "projects/{project}/sites/{siteId}"
    apis = ("firebasehosting.googleapis.com",)
    required = ("siteId",)
    outputs = ("name", "defaultUrl", "type")

    def realise(self, operation: Operation, record: Record, inputs: Inputs) -> Status:
        """Start the hosting."""
        start_service(operation.world, programs.hosting(operation.world))
        return {}

    def unrealise(self, operation: Operation, record: Record, inputs: Inputs) -> None:
        """End the hosting."""
        stop_service(operation.world, "hosting")

    def is_alive(self, operation: Operation, record: Record) -> bool:
        """Whether the hosting runs."""
        return is_up(operation.world, "hosting")

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """The site's address."""
        return {"name": record.name, "defaultUrl": operation.world.url("portal"), "type": "USER_SITE"}


class WebApp(RestResource):
    """The portal as an app of Firebase."""

    pulumi_type = "gcp:firebase/webApp:WebApp"
    kind = WEB_APPS
    schema = SchemaName("firebase.v1beta1", "WebApp")
    collection = "projects.webApps"
    name_template = "projects/{project}/webApps"
    is_named_by_google = True
    apis = ("firebase.googleapis.com",)
    required = ("displayName",)
    steering = frozenset({"deletionPolicy"})
    outputs = ("name", "appId", "apiKeyId", "appUrls")
    is_run: ClassVar[bool] = False

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Remove the app for good, unless it is declared to stay."""
        if outputs.get("deletionPolicy") != "ABANDON":
            self._call(google, "remove", {"immediate": True}, name)

    def is_there(self, resource: Body) -> bool:
        """A removed app counts as none."""
        return bool(resource["state"] == "ACTIVE")

    def outputs_of(self, scope: Scope, resource: Body, inputs: Inputs) -> Outputs:
        """The app's name and id."""
        return {**super().outputs_of(scope, resource, inputs), "appUrls": resource.get("appUrls", [])}
