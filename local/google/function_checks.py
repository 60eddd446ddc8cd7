"""What Cloud Functions refuses before it builds anything, and what this world has no way to run.

`problems` needs no look at the world, so our provider's preview asks it, too; `require_deployable` looks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local.google.frame.call import Body, Call
from local.google.frame.policy_checks import require_account, require_act_as
from local.services.enabled_apis import require_enabled
from local.services.event_triggers import FIRESTORE_EVENTS
from local.services.google_errors import GoogleError, failed_precondition, invalid, not_found
from local.services.iam import RECEIVE_EVENTS, Policies
from local.services.service_agents import agent_of

NAME = re.compile(r"[A-Za-z]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
RUNTIME = re.compile(r"python3\d{1,2}")
MEMORY = re.compile(r"\d+(\.\d+)?(k|K|M|G|Ki|Mi|Gi)")
RESERVED = frozenset({"PORT", "FUNCTION_TARGET", "FUNCTION_SIGNATURE_TYPE"})
RESERVED_PREFIXES = ("K_", "X_GOOGLE_")
BUILD_SETTINGS = frozenset(
    {
        "automaticUpdatePolicy",
        "dockerRegistry",
        "dockerRepository",
        "entryPoint",
        "runtime",
        "serviceAccount",
        "source",
    }
)
SERVICE_SETTINGS = frozenset(
    {
        "allTrafficOnLatestRevision",
        # These have no effect on one machine, whatever their values.
        "availableCpu",
        "availableMemory",
        "maxInstanceCount",
        "maxInstanceRequestConcurrency",
        "minInstanceCount",
        "environmentVariables",
        "ingressSettings",
        "secretEnvironmentVariables",
        "serviceAccountEmail",
        "timeoutSeconds",
    }
)
MAXIMUM_TIMEOUT_SECONDS = {"http": 3600, "cloudevent": 540}
DOCUMENT_EVENTS = frozenset(
    f"{FIRESTORE_EVENTS}{change}" for change in ("created", "updated", "deleted", "written")
)
NEEDED_APIS = tuple(f"{api}.googleapis.com" for api in ("run", "cloudbuild", "artifactregistry"))
EVENTARC = "eventarc.googleapis.com"
SUBSCRIBE = "pubsub.subscriptions.create"
"""What Eventarc's agent does for each trigger."""
AGENT_REFUSED = (
    'Invalid resource state for "": Permission denied while using the Eventarc Service Agent. If you '
    "recently started to use Eventarc, it may take a few minutes before all necessary permissions are "
    "propagated to the Service Agent. Otherwise, verify that it has Eventarc Service Agent role."
)
Passes = Callable[[Any], bool]
"""Which values are not looked at, since they are not known yet."""


def signature_of(function: Mapping[str, Any]) -> str:
    """How the function is called: `http` or `cloudevent`."""
    return "cloudevent" if "eventTrigger" in function else "http"


def problems(function: Body, passes: Passes = lambda _value: False) -> Iterator[str]:
    """All that is wrong with a function, under its full name."""
    name = str(function["name"]).rsplit("/", 1)[-1]
    if not passes(function["name"]) and not NAME.fullmatch(name):
        yield f"name: {name!r} must match {NAME.pattern}"
    if function.get("environment", "GEN_2") != "GEN_2":
        yield "environment: the one-machine world runs functions of GEN_2 only"
    yield from _build_problems(function.get("buildConfig", {}), passes)
    yield from _service_problems(function.get("serviceConfig", {}), signature_of(function), passes)
    if "eventTrigger" in function:
        yield from _trigger_problems(function["eventTrigger"], passes)


def _given(settings: Body) -> set[str]:
    """The settings that say something: clients send maps and lists without a content, too."""
    return {name for name, value in settings.items() if value not in ({}, [])}


def _build_problems(build: Body, passes: Passes) -> Iterator[str]:
    runtime = build.get("runtime", "")
    if not passes(runtime) and not RUNTIME.fullmatch(str(runtime)):
        yield f"buildConfig.runtime: the one-machine world runs Python only, not {runtime!r}"
    if not build.get("entryPoint"):
        yield "buildConfig.entryPoint: must be given"
    source = build.get("source", {})
    if not passes(source) and "storageSource" not in source:
        yield "buildConfig.source: the one-machine world builds from a bucket's object only"
    for name in sorted(_given(build) - BUILD_SETTINGS):
        yield f"buildConfig.{name}: the one-machine world's builds have no such setting"


def _service_problems(service: Body, signature: str, passes: Passes) -> Iterator[str]:
    for name in sorted(_given(service) - SERVICE_SETTINGS):
        yield f"serviceConfig.{name}: the one-machine world's services have no such setting"
    if service.get("allTrafficOnLatestRevision") is False:
        yield "serviceConfig.allTrafficOnLatestRevision: all traffic goes to the latest revision here"
    yield from _variable_problems(service, passes)
    if not service.get("serviceAccountEmail"):
        yield "serviceConfig.serviceAccountEmail: must be given: there is no default account"
    memory = service.get("availableMemory", "256M")
    if not passes(memory) and not MEMORY.fullmatch(str(memory)):
        yield f"serviceConfig.availableMemory: {memory!r} is not an amount, such as 512Mi"
    timeout, limit = service.get("timeoutSeconds", 1), MAXIMUM_TIMEOUT_SECONDS[signature]
    if isinstance(timeout, int) and not 1 <= timeout <= limit:
        yield f"serviceConfig.timeoutSeconds: {timeout} is not between 1 and {limit}"


def _variable_problems(service: Body, passes: Passes) -> Iterator[str]:
    plain = service.get("environmentVariables", {})
    secret = service.get("secretEnvironmentVariables", [])
    names = [*([] if passes(plain) else plain), *(each.get("key") for each in secret if not passes(each))]
    for name in names:
        if str(name) in RESERVED or str(name).startswith(RESERVED_PREFIXES):
            yield (
                "serviceConfig.environmentVariables: The following reserved environment names were "
                f"provided: {name}"
            )


def _trigger_problems(trigger: Body, passes: Passes) -> Iterator[str]:
    event_type = trigger.get("eventType", "")
    if not passes(event_type) and event_type not in DOCUMENT_EVENTS:
        yield f"eventTrigger.eventType: the one-machine world has no source of {event_type!r}"
    given = {str(each.get("attribute")) for each in trigger.get("eventFilters", [])}
    for attribute in sorted({"database", "document"} - given):
        yield f"eventTrigger.eventFilters: the attribute {attribute!r} must be filtered on"
    if not trigger.get("serviceAccountEmail"):
        yield "eventTrigger.serviceAccountEmail: must be given: there is no default account"


def require_deployable(call: Call, function: Body, trigger: str) -> None:
    """Raise GoogleError if Google would refuse the function at once. `trigger`: its trigger's name."""
    if found := list(problems(function)):
        raise invalid("; ".join(found))
    event = function.get("eventTrigger")
    for api in (*NEEDED_APIS, *([EVENTARC] if event else [])):
        require_enabled(call.store, call.project, api)
    builder = function["buildConfig"].get("serviceAccount", "").rsplit("/", 1)[-1]
    receiver = event["serviceAccountEmail"] if event else ""
    for email in filter(None, (function["serviceConfig"]["serviceAccountEmail"], builder, receiver)):
        require_act_as(call, email)
        require_account(call, email)
    if event:
        _require_events(call, event, trigger)


def _require_events(call: Call, event: Body, trigger: str) -> None:
    """The database must be in the trigger's region; its account and Eventarc's agent have their roles."""
    email, project = event["serviceAccountEmail"], f"projects/{call.project}"
    policies = Policies(call.store)
    agent = agent_of(call.project, EVENTARC)
    if not policies.may([f"serviceAccount:{agent}"], SUBSCRIBE, project):
        raise failed_precondition(f"Validation failed for trigger {trigger}: {AGENT_REFUSED}")
    if not policies.may([f"serviceAccount:{email}"], RECEIVE_EVENTS, project):
        raise GoogleError(403, f'Permission "{RECEIVE_EVENTS}" denied on "{email}"')
    filters = {each["attribute"]: each["value"] for each in event["eventFilters"]}
    name = f"{project}/databases/{filters['database']}"
    database = call.store.get("firestore.databases", name)
    if database is None:
        raise not_found(name)
    region, location = event.get("triggerRegion", call.world.region), database.resource["locationId"]
    if region != location:
        raise invalid(f"the trigger's region {region} is not the database's location {location}")
