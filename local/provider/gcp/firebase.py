"""gcp.firebase: the hosting site, which the world serves, and the web app, which is only recorded."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from local.google.frame.discovery import SchemaName
from local.provider.gcp.google_resource import Body, GoogleResource, Status
from local.provider.gcp.scope import Operation, Scope
from local.provider.gcp.world_program import is_up, start_service, stop_service
from local.provider.resource_type import Inputs, Outputs
from local.resource_store import Record
from local.services import programs

SITES = "firebasehosting.sites"
WEB_APPS = "firebase.webApps"


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


class WebApp(GoogleResource):
    """The portal as an app of Firebase."""

    pulumi_type = "gcp:firebase/webApp:WebApp"
    kind = WEB_APPS
    schema = SchemaName("firebase.v1beta1", "WebApp")
    name_template = "projects/{project}/webApps"
    apis = ("firebase.googleapis.com",)
    required = ("displayName",)
    steering = frozenset({"deletionPolicy"})
    outputs = ("name", "appId", "apiKeyId", "appUrls")
    is_run: ClassVar[bool] = False

    def new_name(self, operation: Operation, inputs: Inputs) -> str:
        """The app's name. Google invents the id; here it is a hash of the resource's URN."""
        digest = hashlib.sha256(operation.urn.encode()).hexdigest()[:22]
        return f"{self.name(operation.scope, inputs)}/1:{operation.scope.number}:web:{digest}"

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The app, without its name."""
        return self.body(inputs)

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """The app's name and id."""
        app_id = record.name.rsplit("/", 1)[-1]
        return {"name": record.name, "appId": app_id, "apiKeyId": "", "appUrls": []}
