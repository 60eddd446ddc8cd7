"""gcp.firebaserules: rulesets, and the release that gives one to the emulator."""

from __future__ import annotations

import hashlib
import json
import uuid

import httpx

from local.google.frame.discovery import SchemaName
from local.provider.gcp.firestore import DATABASES
from local.provider.gcp.google_error import invalid, not_found
from local.provider.gcp.google_resource import Body, GoogleResource, Status, full_name
from local.provider.gcp.scope import Operation, Scope
from local.provider.properties import contains_unknown
from local.provider.resource_type import Inputs, Outputs
from local.resource_store import Record
from local.services.firestore_rules import FIRST_DATABASE, RELEASE, RELEASES, RULESETS, released_rules
from local.world import World

API = "firebaserules.googleapis.com"
PATIENCE_SECONDS = 30


class Ruleset(GoogleResource):
    """Source text of rules. It is never changed: other rules are another ruleset."""

    pulumi_type = "gcp:firebaserules/ruleset:Ruleset"
    kind = RULESETS
    schema = SchemaName("firebaserules.v1", "Ruleset")
    name_template = "projects/{project}/rulesets"
    apis = (API,)
    required = ("source",)
    immutable = frozenset({"source"})
    outputs = ("name", "createTime", "metadatas")

    def name(self, scope: Scope, inputs: Inputs) -> str:
        """The ruleset's name. Google invents a UUID; here it is a hash of the source."""
        if contains_unknown(dict(inputs)):
            return f"{super().name(scope, inputs)}/{uuid.UUID(int=0)}"
        digest = hashlib.sha256(json.dumps(inputs["source"], sort_keys=True).encode()).hexdigest()
        return f"{super().name(scope, inputs)}/{uuid.UUID(digest[:32])}"

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """The last part of the name, as Terraform has it."""
        return {"name": record.name.rsplit("/", 1)[-1], "createTime": "", "metadatas": []}


class Release(GoogleResource):
    """The ruleset that applies to one of Firebase's services."""

    pulumi_type = "gcp:firebaserules/release:Release"
    kind = RELEASES
    schema = SchemaName("firebaserules.v1", "Release")
    name_template = "projects/{project}/releases/{name}"
    apis = (API,)
    required = ("name", "rulesetName")
    outputs = ("createTime", "updateTime", "disabled")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """Both names in full."""
        return {"name": self.name(scope, inputs), "rulesetName": self._ruleset(scope, inputs)}

    def demand(self, operation: Operation, inputs: Inputs) -> None:
        """The ruleset must exist, and the service must be Firestore, whose rules are enforced here."""
        ruleset = self._ruleset(operation.scope, inputs)
        if operation.store.get(RULESETS, ruleset) is None:
            raise not_found(ruleset)
        service, _, database = str(inputs["name"]).partition("/")
        if service != RELEASE:
            raise invalid(f"the local provider enforces rules of {RELEASE} only")
        name = f"projects/{operation.scope.project}/databases/{database or FIRST_DATABASE}"
        if operation.store.get(DATABASES, name) is None:
            raise not_found(name)

    def realise(self, operation: Operation, record: Record, inputs: Inputs) -> Status:
        """Give the rules to the emulator, which reports their errors."""
        put_rules(operation.world)
        return {}

    def unrealise(self, operation: Operation, record: Record, inputs: Inputs) -> None:
        """Deny everything in that database from now on."""
        operation.store.delete(self.kind, record.name)
        if any(operation.store.list(DATABASES)):
            put_rules(operation.world)

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """No outputs of use."""
        return {"createTime": "", "updateTime": "", "disabled": False}

    def _ruleset(self, scope: Scope, inputs: Inputs) -> str:
        return full_name(str(inputs["rulesetName"]), f"projects/{scope.project}/rulesets/")


def put_rules(world: World) -> None:
    """Give all released rules to the emulator. Raises GoogleError with the emulator's own message."""
    body = {"rules": {"files": [{"name": "firestore.rules", "content": released_rules(world)}]}}
    url = f"{world.url('firestore')}/emulator/v1/projects/{world.project}:securityRules"
    try:
        answer = httpx.put(url, json=body, timeout=PATIENCE_SECONDS)
    except httpx.TransportError as error:
        raise invalid(f"the Firestore emulator does not answer at {url}: {error}") from error
    if answer.status_code != httpx.codes.OK:
        raise invalid(f"the rules do not compile: {_reason(answer)}")


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return answer.text
