"""gcp.cloudfunctionsv2.Function: built from its archive, started with exactly what was declared."""

from __future__ import annotations

import re
from collections.abc import Iterator

from local.google.frame.discovery import SchemaName
from local.provider.gcp import event_triggers, function_build, function_environment, revisions
from local.provider.gcp.existing_accounts import require_account
from local.provider.gcp.google_error import GoogleError
from local.provider.gcp.google_resource import FAILED, Body, GoogleResource, Status
from local.provider.gcp.scope import Operation, Scope
from local.provider.properties import UNKNOWN, is_unknown
from local.provider.resource_type import Call, Inputs, Outputs, Problem
from local.resource_store import Record
from local.services.functions import DEFAULT_TIMEOUT, FUNCTIONS, run_service_name
from local.services.iam import ACCESS_SECRET, Policies
from local.services.proxy_ports import auth_address, proxy_address
from local.services.secret_payloads import LATEST, resolve_version
from local.world import World

ACCESSOR = "roles/secretmanager.secretAccessor"  # nosec B105 - the name of a role
NAME = re.compile(r"[A-Za-z]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
RUNTIME = re.compile(r"python3\d{1,2}")
MEMORY = re.compile(r"\d+(\.\d+)?(k|K|M|G|Ki|Mi|Gi)")
RESERVED = frozenset({"PORT", "FUNCTION_TARGET", "FUNCTION_SIGNATURE_TYPE"})
RESERVED_PREFIXES = ("K_", "X_GOOGLE_")
SCALING = frozenset(
    {
        "availableCpu",
        "availableMemory",
        "maxInstanceCount",
        "maxInstanceRequestConcurrency",
        "minInstanceCount",
    }
)
"""Settings that have no effect on one machine, whatever their values."""
SERVICE_SETTINGS = SCALING | {
    "allTrafficOnLatestRevision",
    "environmentVariables",
    "ingressSettings",
    "secretEnvironmentVariables",
    "serviceAccountEmail",
    "timeoutSeconds",
}
MAXIMUM_TIMEOUT_SECONDS = {"http": 3600, "cloudevent": 540}
NEEDED_APIS = tuple(
    f"{api}.googleapis.com" for api in ("cloudfunctions", "run", "cloudbuild", "artifactregistry")
)


class Function(GoogleResource):
    """A Gen2 function: a Cloud Run service made from source."""

    pulumi_type = "gcp:cloudfunctionsv2/function:Function"
    kind = FUNCTIONS
    schema = SchemaName("cloudfunctions.v2", "Function")
    name_template = "projects/{project}/locations/{location}/functions/{name}"
    apis = NEEDED_APIS
    required = ("name", "location", "buildConfig", "serviceConfig")
    outputs = ("url", "state", "environment", "updateTime")
    leaves_failed = True

    def needed_apis(self, inputs: Inputs) -> tuple[str, ...]:
        """The APIs; an event trigger also needs Eventarc."""
        return (*self.apis, "eventarc.googleapis.com") if "eventTrigger" in inputs else self.apis

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The function, under its full name."""
        return {**self.body(inputs), "name": self.name(scope, inputs), "environment": "GEN_2"}

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Inputs that Cloud Functions refuses before it builds anything."""
        if not is_unknown(inputs["name"]) and not NAME.fullmatch(inputs["name"]):
            yield Problem("name", f"{inputs['name']!r} must match {NAME.pattern}")
        yield from _build_problems(inputs["buildConfig"])
        yield from _service_problems(inputs["serviceConfig"], _signature(inputs))
        if "eventTrigger" in inputs:
            yield from event_triggers.problems(inputs["eventTrigger"])

    def demand(self, operation: Operation, inputs: Inputs) -> None:
        """The accounts must exist, and the trigger be allowed to receive events."""
        require_account(operation, inputs["serviceConfig"]["serviceAccountEmail"])
        if "eventTrigger" in inputs:
            event_triggers.demand(operation, inputs["eventTrigger"])

    def realise(self, operation: Operation, record: Record, inputs: Inputs) -> Status:
        """Build the function, move traffic to the new revision, and declare the trigger."""
        build, name = inputs["buildConfig"], str(inputs["name"])
        source = function_build.unpack(operation, build)
        environment = function_environment.prepare(source / "requirements.txt", build["runtime"])
        _require_secrets(operation, name, inputs["serviceConfig"])
        template = _template(operation, inputs)
        uri = f"{operation.world.url('functions')}/{name}"
        service = revisions.deploy(operation.world, template, revisions.Built(source, environment), uri)
        try:
            _let_events_come(operation, name, service.name, inputs.get("eventTrigger"))
        except BaseException:
            if "service" not in record.status:
                revisions.remove(operation.world, service.name)
            raise
        return {"uri": uri, "service": service.name}

    def unrealise(self, operation: Operation, record: Record, inputs: Inputs) -> None:
        """Remove the service, its revisions and its trigger."""
        event_triggers.remove(operation.store, event_triggers.trigger_name(operation, str(inputs["name"])))
        if "service" in record.status:
            revisions.remove(operation.world, record.status["service"])

    def is_alive(self, operation: Operation, record: Record) -> bool:
        """Whether its live revision runs. A failed function has none, but it is there."""
        return "service" not in record.status or revisions.is_alive(operation.world, record.status["service"])

    def preview(self, call: Call, inputs: Inputs, old: Inputs | None) -> Outputs:
        """The outputs without the service's address, which is known after the creation only."""
        if old and self._stays_failed(call, old, inputs):
            return dict(old)
        outputs = super().preview(call, inputs, old)
        before = (old or {}).get("serviceConfig", {})
        places = {name: before.get(name, UNKNOWN) for name in ("uri", "service")}
        return {**outputs, "serviceConfig": {**inputs["serviceConfig"], **places}}

    def update(self, call: Call, resource_id: str, old: Inputs, new: Inputs) -> Outputs:
        """Change it. A failed one that is not declared otherwise stays so, as under the real provider."""
        return (
            dict(old) if self._stays_failed(call, old, new) else super().update(call, resource_id, old, new)
        )

    def _stays_failed(self, call: Call, old: Inputs, new: Inputs) -> bool:
        return old.get("state") == FAILED and not any(self.differences(call, old, {}, new))

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """The function's address and state. A failed one has no address."""
        if "service" not in record.status:
            return {"url": "", "state": FAILED, "environment": "GEN_2", "updateTime": ""}
        places = {"uri": record.status["uri"], "service": record.status["service"]}
        host = f"{operation.scope.region}-{operation.scope.project}.cloudfunctions.net"
        return {
            "url": f"https://{host}/{inputs['name']}",
            "state": "ACTIVE",
            "environment": "GEN_2",
            "updateTime": "",
            "serviceConfig": {**inputs["serviceConfig"], **places},
        }


def _build_problems(build: Inputs) -> Iterator[Problem]:
    runtime = build.get("runtime", "")
    if not is_unknown(runtime) and not RUNTIME.fullmatch(str(runtime)):
        yield Problem("buildConfig.runtime", f"the local provider runs Python only, not {runtime!r}")
    if not build.get("entryPoint"):
        yield Problem("buildConfig.entryPoint", "must be given")
    if "storageSource" not in build.get("source", {}):
        yield Problem("buildConfig.source", "the local provider builds from a bucket's object only")
    for name in sorted(
        build.keys() - {"runtime", "entryPoint", "source", "serviceAccount", "dockerRepository"}
    ):
        yield Problem(f"buildConfig.{name}", "the local provider's build has no such setting")


def _service_problems(service: Inputs, signature: str) -> Iterator[Problem]:
    for name in sorted(service.keys() - SERVICE_SETTINGS):
        yield Problem(f"serviceConfig.{name}", "the local provider's services have no such setting")
    if service.get("allTrafficOnLatestRevision") is False:
        place = "serviceConfig.allTrafficOnLatestRevision"
        yield Problem(place, "the local provider gives all traffic to the latest revision")
    for name in service.get("environmentVariables", {}):
        if name in RESERVED or name.startswith(RESERVED_PREFIXES):
            place = "serviceConfig.environmentVariables"
            yield Problem(place, f"The following reserved environment names were provided: {name}")
    if not service.get("serviceAccountEmail"):
        yield Problem("serviceConfig.serviceAccountEmail", "must be given: there is no default account")
    memory = service.get("availableMemory", "256M")
    if not is_unknown(memory) and not MEMORY.fullmatch(str(memory)):
        yield Problem("serviceConfig.availableMemory", f"{memory!r} is not an amount, such as 512Mi")
    timeout = service.get("timeoutSeconds", DEFAULT_TIMEOUT)
    if isinstance(timeout, int) and not 1 <= timeout <= MAXIMUM_TIMEOUT_SECONDS[signature]:
        limit = MAXIMUM_TIMEOUT_SECONDS[signature]
        yield Problem("serviceConfig.timeoutSeconds", f"{timeout} is not between 1 and {limit}")


def _let_events_come(operation: Operation, name: str, service: str, trigger: Inputs | None) -> None:
    if trigger is None:
        event_triggers.remove(operation.store, event_triggers.trigger_name(operation, name))
    else:
        event_triggers.declare(operation, name, service, trigger)


def _signature(inputs: Inputs) -> str:
    return "cloudevent" if "eventTrigger" in inputs else "http"


def _require_secrets(operation: Operation, function: str, service: Inputs) -> None:
    for variable in service.get("secretEnvironmentVariables", []):
        _require_secret(operation, function, variable, service["serviceAccountEmail"])


def _require_secret(operation: Operation, function: str, variable: Inputs, email: str) -> None:
    """The revision's account must be able to read that version of the secret."""
    secret = _secret_name(operation, variable)
    version = str(variable.get("version", LATEST))
    number_name = secret.replace(
        f"projects/{operation.scope.project}/", f"projects/{operation.scope.number}/", 1
    )
    if not Policies(operation.store).may([f"serviceAccount:{email}"], ACCESS_SECRET, secret):
        problem = (
            f"Permission denied on secret: {number_name}/versions/{version} for Revision service account "
            f"{email}. The service account used must be granted the 'Secret Manager Secret Accessor' role "
            f"({ACCESSOR}) at the secret, project or higher level."
        )
    elif resolve_version(operation.store, secret, version) is None:
        problem = f"Secret {number_name}/versions/{version} was not found"
    else:
        return
    raise GoogleError(
        400,
        f"Could not create or update Cloud Run service {function}. "
        f"spec.template.spec.containers[0].env[{variable['key']}].value_from.secret_key_ref.name: {problem}",
    )


def _secret_name(operation: Operation, variable: Inputs) -> str:
    return f"projects/{variable.get('projectId', operation.scope.project)}/secrets/{variable['secret']}"


def _template(operation: Operation, inputs: Inputs) -> revisions.Template:
    service = inputs["serviceConfig"]
    plain = {
        **_emulators(operation.world, service["serviceAccountEmail"]),
        **service.get("environmentVariables", {}),
        "FUNCTION_TARGET": inputs["buildConfig"]["entryPoint"],
        "FUNCTION_SIGNATURE_TYPE": _signature(inputs),
    }
    secret = [
        {
            "name": variable["key"],
            "valueSource": {
                "secretKeyRef": {
                    "secret": _secret_name(operation, variable),
                    "version": str(variable.get("version", LATEST)),
                }
            },
        }
        for variable in service.get("secretEnvironmentVariables", [])
    ]
    return revisions.Template(
        service=run_service_name(operation.world, inputs["name"]),
        account=service["serviceAccountEmail"],
        timeout_seconds=service.get("timeoutSeconds", DEFAULT_TIMEOUT),
        env=[*({"name": name, "value": value} for name, value in plain.items()), *secret],
    )


def _emulators(world: World, account: str) -> dict[str, str]:
    """Variables by which Google's client libraries find the world's services. Google sets none of them."""
    return {
        "GOOGLE_CLOUD_PROJECT": world.project,
        "FIRESTORE_EMULATOR_HOST": proxy_address(world, account),
        "FIREBASE_AUTH_EMULATOR_HOST": auth_address(world, account),
    }
