"""gcp.secretmanager: secrets and their versions. `iam.py` has the rights to read them."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from local.google.frame.discovery import SchemaName
from local.google.secretmanager import SECRETS
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_error import invalid
from local.provider.gcp.google_resource import Body
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.properties import UNKNOWN, Path, Properties, is_unknown
from local.provider.resource_type import Inputs, Outputs
from local.services.secret_payloads import VERSIONS


class Secret(RestResource):
    """A secret: a name and a replication policy."""

    pulumi_type = "gcp:secretmanager/secret:Secret"
    kind = SECRETS
    schema = SchemaName("secretmanager.v1", "Secret")
    collection = "projects.secrets"
    id_parameter = "secretId"
    name_template = "projects/{project}/secrets/{secretId}"
    required = ("secretId", "replication")
    steering = frozenset({"deletionProtection"})
    outputs = ("name", "createTime")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The secret, with Google's word `automatic` for Terraform's `auto`."""
        replication = inputs["replication"]
        if not is_unknown(replication):
            replication = {("automatic" if key == "auto" else key): v for key, v in replication.items()}
        return {**self.body(inputs), "replication": replication}

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The inputs, with Terraform's word."""
        inputs = super().inputs_of(scope, resource)
        automatic = {("auto" if key == "automatic" else key): v for key, v in inputs["replication"].items()}
        return {**inputs, "replication": automatic}

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Delete the secret, unless it is protected."""
        if outputs.get("deletionProtection"):
            raise invalid(f"{name} has deletion protection; set deletionProtection to false first")
        super().remove(google, scope, name, outputs)


class SecretVersion(RestResource):
    """One value of a secret. It cannot be changed; another value is another version."""

    pulumi_type = "gcp:secretmanager/secretVersion:SecretVersion"
    kind = VERSIONS
    schema = SchemaName("secretmanager.v1", "AddSecretVersionRequest")
    collection = "projects.secrets.versions"
    name_template = "{secret}/versions"
    required = ("secret", "secretData")
    steering = frozenset({"deletionPolicy", "isSecretDataBase64", "enabled"})
    outputs = ("name", "version", "createTime", "destroyTime")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The request that adds a version."""
        data = inputs["secretData"]
        encoded = data if is_unknown(data) else base64.b64encode(_payload(inputs)).decode()
        return {**self.body(inputs, "secretData"), "payload": {"data": encoded}}

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Add the version. If it is declared so, disable it at once."""
        body = self.translate(scope, inputs)
        made = google.call(self.schema.document, "projects.secrets.addVersion", body, parent=inputs["secret"])
        return self._enabled(google, made["name"], inputs)

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """Enable or disable it."""
        return self._enabled(google, name, new)

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Destroy the value; only the version's number is left."""
        if outputs.get("deletionPolicy") != "ABANDON":
            self._call(google, "destroy", {}, name)

    def is_there(self, resource: Body) -> bool:
        """A destroyed version counts as deleted."""
        return bool(resource["state"] != "DESTROYED")

    def get(self, google: FrontEnd, name: str) -> Body:
        """The version with its value, which an import does not have."""
        version = super().get(google, name)
        if version["state"] != "ENABLED":
            return version
        return {**version, "payload": self._call(google, "access", None, name)["payload"]}

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The secret, the value, and whether it can be read."""
        value = base64.b64decode(resource.get("payload", {}).get("data", "")).decode()
        name = self.own_name(scope, resource)
        enabled = resource["state"] == "ENABLED"
        return {"secret": name.partition("/versions/")[0], "secretData": value, "enabled": enabled}

    def outputs_of(self, scope: Scope, resource: Body, inputs: Inputs) -> Outputs:
        """The version's name and number."""
        name = self.own_name(scope, resource)
        return {
            **super().outputs_of(scope, resource, inputs),
            "name": name,
            "version": name.rsplit("/", 1)[-1],
        }

    def secret_outputs(self, outputs: Inputs, inputs: Properties) -> Iterator[Path]:
        """The value is secret even if the program did not mark it."""
        if outputs.get("secretData", UNKNOWN) != UNKNOWN:
            yield ("secretData",)

    def _enabled(self, google: FrontEnd, name: str, inputs: Inputs) -> Body:
        return self._call(google, "disable" if inputs.get("enabled") is False else "enable", {}, name)


def _payload(inputs: Inputs) -> bytes:
    data = str(inputs["secretData"]).encode()
    return base64.b64decode(data) if inputs.get("isSecretDataBase64") else data
