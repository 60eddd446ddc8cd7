"""gcp.firebase: the hosting site, which the world serves, and the web app, which is only recorded."""

from __future__ import annotations

from typing import ClassVar

from local.google.firebasehosting import DEFAULT
from local.google.frame.discovery import SchemaName
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_resource import Body
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.resource_type import Inputs, Outputs
from local.services.firebase_apps import SITES, WEB_APPS


class HostingSite(RestResource):
    """A site; its files come by the Hosting API."""

    pulumi_type = "gcp:firebase/hostingSite:HostingSite"
    kind = SITES
    schema = SchemaName("firebasehosting.v1beta1", "Site")
    collection = "projects.sites"
    id_parameter = "siteId"
    name_template = "projects/{project}/sites/{siteId}"
    required = ("siteId",)
    steering = frozenset({"deletionPolicy"})
    outputs = ("name", "defaultUrl", "type")

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Create the site, or take over the one that is there, as the real provider does."""
        name = self.name(scope, inputs)
        if self.find(google, name) is None:
            return super().make(google, scope, inputs)
        return self.change(google, scope, name, {}, inputs)

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Delete the site, unless it is declared to stay or is the default one, which Google keeps."""
        if outputs.get("deletionPolicy") != "ABANDON" and outputs.get("type") != DEFAULT:
            super().remove(google, scope, name, outputs)


class WebApp(RestResource):
    """The portal as an app of Firebase."""

    pulumi_type = "gcp:firebase/webApp:WebApp"
    kind = WEB_APPS
    schema = SchemaName("firebase.v1beta1", "WebApp")
    collection = "projects.webApps"
    name_template = "projects/{project}/webApps"
    is_named_by_google = True
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
