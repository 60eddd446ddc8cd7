"""What Cloud Functions makes of a function: a build, a Cloud Run service, and the trigger of its events."""

from __future__ import annotations

import secrets

from local.function_runtime import builds, revisions, triggers
from local.google import cloudbuild
from local.google.frame.call import Body, Call, now
from local.google.function_checks import signature_of
from local.resource_store import Record
from local.services.event_triggers import TRIGGERS
from local.services.functions import SERVICES, run_service_name
from local.services.google_errors import already_exists, invalid
from local.services.iam import ACCESS_SECRET, Policies
from local.services.secret_payloads import LATEST, resolve_version

ACCESSOR = "roles/secretmanager.secretAccessor"  # nosec B105 - the name of a role
DEFAULTS: Body = {
    "allTrafficOnLatestRevision": True,
    "availableMemory": "256M",
    "ingressSettings": "ALLOW_ALL",
    "maxInstanceCount": 100,
    "maxInstanceRequestConcurrency": 1,
    "timeoutSeconds": 60,
}
INGRESS = {
    "ALLOW_ALL": "INGRESS_TRAFFIC_ALL",
    "ALLOW_INTERNAL_ONLY": "INGRESS_TRAFFIC_INTERNAL_ONLY",
    "ALLOW_INTERNAL_AND_GCLB": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
}
TRIGGER_DIGITS = 6
"""Google adds a random number to the name of a function's trigger."""


def deploy(call: Call, function: Body, trigger: str) -> Body:
    """Build a function, move traffic to its new revision, and let its events come. Returns its status.

    Raises GoogleError; a service that was there before goes on as it was.
    """
    build, built = cloudbuild.build(call, function["buildConfig"], signature_of(function))
    _require_secrets(call, function)
    is_new = service_of(call, function["name"]) is None
    service = revisions.deploy(call.world, _service(call, function), built)
    try:
        _let_events_come(call, function, trigger)
    except BaseException:
        if is_new:
            revisions.remove(call.world, service.name)
        raise
    return {"build": build, "updated": now(), "service": service.name}


def remove(call: Call, name: str) -> None:
    """Remove the service of a function, its revisions and its trigger."""
    for record in triggers_of(call, name):
        triggers.remove(call.world, record.name)
    revisions.remove(call.world, service_name(call, name))


def service_name(call: Call, function: str) -> str:
    """The full name of the Cloud Run service of a function, from its own."""
    return run_service_name(call.world, function.rsplit("/", 1)[-1])


def service_of(call: Call, function: str) -> Record | None:
    """The service, if it is there."""
    return call.store.get(SERVICES, service_name(call, function))


def triggers_of(call: Call, function: str) -> list[Record]:
    """The triggers that send events to a function: one or none."""
    service = service_name(call, function).rsplit("/", 1)[-1]
    return [
        each
        for each in call.store.list(TRIGGERS)
        if each.resource["destination"]["cloudRun"]["service"] == service
    ]


def trigger_name(call: Call, function: str) -> str:
    """The name of a function's trigger, the present one or a new one."""
    known = triggers_of(call, function)
    if known:
        return known[0].name
    service = service_name(call, function)
    digits = f"{secrets.randbelow(10**TRIGGER_DIGITS):0{TRIGGER_DIGITS}}"
    return service.replace("/services/", "/triggers/") + f"-{digits}"


def require_free(call: Call, function: str) -> None:
    """Raise GoogleError 409 if another function, such as `a-b` for `a_b`, has the service of that name."""
    service = service_name(call, function).rsplit("/", 1)[-1]
    if service_of(call, function):
        raise already_exists(
            f"Could not create Cloud Run service {service}. A Cloud Run service with this name already "
            "exists. Please redeploy the function with a different name."
        )


def _service(call: Call, function: Body) -> revisions.Service:
    config = {**DEFAULTS, **function["serviceConfig"]}
    name = function["name"].rsplit("/", 1)[-1]
    repository = function["buildConfig"].get("dockerRepository") or builds.default_repository(call.world)
    template = {
        "serviceAccount": config["serviceAccountEmail"],
        "timeout": f"{config['timeoutSeconds']}s",
        "maxInstanceRequestConcurrency": config["maxInstanceRequestConcurrency"],
        "scaling": {key: config[key] for key in ("minInstanceCount", "maxInstanceCount") if key in config},
        "containers": [
            {
                "name": "worker",
                "image": f"{call.world.region}-docker.pkg.dev/{repository}/{name}",
                "env": _env(call, config),
                "resources": {"limits": {"memory": config["availableMemory"]}},
            }
        ],
    }
    resource = {
        "labels": {**function.get("labels", {}), "goog-managed-by": "cloudfunctions"},
        "ingress": INGRESS[config["ingressSettings"]],
        "template": template,
    }
    return revisions.Service(
        service_name(call, function["name"]), resource, f"{call.world.url('functions')}/{name}"
    )


def _env(call: Call, config: Body) -> list[Body]:
    plain = [{"name": key, "value": value} for key, value in config.get("environmentVariables", {}).items()]
    return [*plain, *(_secret_env(call, each) for each in config.get("secretEnvironmentVariables", []))]


def _secret_env(call: Call, variable: Body) -> Body:
    version = str(variable.get("version", LATEST))
    reference = {"secret": _secret_name(call, variable), "version": version}
    return {"name": variable["key"], "valueSource": {"secretKeyRef": reference}}


def _secret_name(call: Call, variable: Body) -> str:
    """The secret's name; its project may be told by its number."""
    project = str(variable.get("projectId") or call.project)
    own = call.project if project == str(call.number) else project
    return f"projects/{own}/secrets/{variable['secret']}"


def _require_secrets(call: Call, function: Body) -> None:
    """The revision's account must be able to read each version of a secret that it is given."""
    config, granted = function["serviceConfig"], Policies(call.store)
    for variable in config.get("secretEnvironmentVariables", []):
        problem = _secret_problem(call, granted, variable, config["serviceAccountEmail"])
        if problem:
            raise invalid(
                f"Could not create or update Cloud Run service {function['name'].rsplit('/', 1)[-1]}. "
                f"spec.template.spec.containers[0].env[{variable['key']}].value_from.secret_key_ref.name: "
                f"{problem}"
            )


def _secret_problem(call: Call, granted: Policies, variable: Body, email: str) -> str:
    secret, version = _secret_name(call, variable), str(variable.get("version", LATEST))
    numbered = call.numbered(secret)
    if not granted.may([f"serviceAccount:{email}"], ACCESS_SECRET, secret):
        return (
            f"Permission denied on secret: {numbered}/versions/{version} for Revision service account "
            f"{email}. The service account used must be granted the 'Secret Manager Secret Accessor' role "
            f"({ACCESSOR}) at the secret, project or higher level."
        )
    if resolve_version(call.store, secret, version) is None:
        return f"Secret {numbered}/versions/{version} was not found"
    return ""


def _let_events_come(call: Call, function: Body, trigger: str) -> None:
    event = function.get("eventTrigger")
    if event is None:
        for record in triggers_of(call, function["name"]):
            triggers.remove(call.world, record.name)
        return
    service = service_name(call, function["name"]).rsplit("/", 1)[-1]
    resource = {
        "eventFilters": [{"attribute": "type", "value": event["eventType"]}, *event["eventFilters"]],
        "serviceAccount": event["serviceAccountEmail"],
        "destination": {"cloudRun": {"service": service, "region": call.world.region}},
        "retryPolicy": event.get("retryPolicy", "RETRY_POLICY_DO_NOT_RETRY"),
    }
    triggers.declare(call.world, Record(TRIGGERS, trigger, resource, {"created": now()}))
