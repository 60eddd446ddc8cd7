"""gcp.secretmanager: secrets and their versions. `iam.py` has the rights to read them."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator

from local.provider.gcp.discovery import SchemaName
from local.provider.gcp.google_error import invalid, not_found
from local.provider.gcp.google_resource import Body, GoogleResource, Status
from local.provider.gcp.scope import Operation, Scope
from local.provider.gcp.secret_payloads import (
    VERSIONS,
    claim_version,
    erase_payload,
    payload_path,
    read_payload,
    write_payload,
)
from local.provider.properties import UNKNOWN, Path, Properties, is_unknown
from local.provider.resource_type import Call, Inputs, Outputs
from local.resource_store import Record

SECRETS = "secretmanager.secrets"


class Secret(GoogleResource):
    """A secret: a name and a replication policy."""

    pulumi_type = "gcp:secretmanager/secret:Secret"
    kind = SECRETS
    schema = SchemaName("secretmanager.v1", "Secret")
    name_template = "projects/{project}/secrets/{secretId}"
    apis = ("secretmanager.googleapis.com",)
    required = ("secretId", "replication")
    immutable = frozenset({"replication"})
    steering = frozenset({"deletionProtection"})
    outputs = ("name", "createTime")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The secret, with Google's word `automatic` for Terraform's `auto`."""
        replication = inputs["replication"]
        if not is_unknown(replication):
            replication = {("automatic" if key == "auto" else key): v for key, v in replication.items()}
        return {**self.body(inputs), "replication": replication}

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """The secret's name, for which Google uses the number of the project."""
        return {"name": f"projects/{operation.scope.number}/secrets/{inputs['secretId']}", "createTime": ""}

    def delete(self, call: Call, resource_id: str, outputs: Inputs) -> None:
        """Delete the secret, unless it is protected."""
        if outputs.get("deletionProtection"):
            raise invalid(f"{resource_id} has deletion protection; set deletionProtection to false first")
        super().delete(call, resource_id, outputs)

    def unrealise(self, operation: Operation, record: Record, inputs: Inputs) -> None:
        """Remove the secret's versions too."""
        versions = [
            each for each in operation.store.list(VERSIONS) if each.name.startswith(f"{record.name}/")
        ]
        for version in versions:
            operation.store.delete(VERSIONS, version.name)
        shutil.rmtree(payload_path(operation.world, f"{record.name}/versions/0").parent, ignore_errors=True)


class SecretVersion(GoogleResource):
    """One value of a secret. It cannot be changed; another value is another version."""

    pulumi_type = "gcp:secretmanager/secretVersion:SecretVersion"
    kind = VERSIONS
    schema = SchemaName("secretmanager.v1", "AddSecretVersionRequest")
    name_template = "{secret}/versions"
    apis = ("secretmanager.googleapis.com",)
    required = ("secret", "secretData")
    immutable = frozenset({"secretData", "isSecretDataBase64"})
    steering = frozenset({"deletionPolicy", "isSecretDataBase64", "enabled"})
    outputs = ("name", "version", "createTime", "destroyTime")
    secret_inputs = frozenset({"secretData"})

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The request that adds a version."""
        data = inputs["secretData"]
        encoded = data if is_unknown(data) else base64.b64encode(_payload(inputs)).decode()
        return {**self.body(inputs, "secretData"), "payload": {"data": encoded}}

    def recorded(self, scope: Scope, inputs: Inputs) -> Body:
        """The version without its value, which has a file of its own."""
        return {"state": "DISABLED" if inputs.get("enabled") is False else "ENABLED"}

    def is_same_thing(self, call: Call, old: Inputs, new: Inputs) -> bool:
        """False: a new version has another number, and the old one stays readable until it exists."""
        return False

    def new_name(self, operation: Operation, inputs: Inputs) -> str:
        """The next free number."""
        return claim_version(operation.world, inputs["secret"])

    def demand(self, operation: Operation, inputs: Inputs) -> None:
        """The secret must exist."""
        if operation.store.get(SECRETS, inputs["secret"]) is None:
            raise not_found(inputs["secret"])

    def realise(self, operation: Operation, record: Record, inputs: Inputs) -> Status:
        """Store the value."""
        write_payload(operation.world, record.name, _payload(inputs))
        return {}

    def delete(self, call: Call, resource_id: str, outputs: Inputs) -> None:
        """Destroy the value; only the version's number is left."""
        operation = Operation.begin(call, Scope.of(call, outputs))
        record = operation.store.get(VERSIONS, resource_id)
        if record is None or outputs.get("deletionPolicy") == "ABANDON":
            return
        erase_payload(operation.world, resource_id)
        operation.store.put(Record(VERSIONS, resource_id, {"state": "DESTROYED"}, record.status))

    def is_alive(self, operation: Operation, record: Record) -> bool:
        """The version; a destroyed one counts as deleted."""
        return bool(record.resource["state"] != "DESTROYED")

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """The version's number, and the value, which an import does not have."""
        data = inputs.get("secretData") or read_payload(operation.world, record.name).decode()
        version = record.name.rsplit("/", 1)[-1]
        return {
            "name": record.name,
            "version": version,
            "secretData": data,
            "createTime": "",
            "destroyTime": "",
        }

    def secret_outputs(self, outputs: Inputs, inputs: Properties) -> Iterator[Path]:
        """The value is secret even if the program did not mark it."""
        if outputs.get("secretData", UNKNOWN) != UNKNOWN:
            yield ("secretData",)


def _payload(inputs: Inputs) -> bytes:
    data = str(inputs["secretData"]).encode()
    return base64.b64decode(data) if inputs.get("isSecretDataBase64") else data
