"""The Eventarc trigger of a function with an event trigger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import httpx

from local.provider.gcp.existing_accounts import require_account
from local.provider.gcp.google_error import denied, invalid, not_found
from local.provider.gcp.scope import Operation
from local.provider.properties import is_unknown
from local.provider.resource_type import Inputs, Problem
from local.resource_store import Record, ResourceStore
from local.services.event_triggers import FIRESTORE_EVENTS, TRIGGERS, Trigger
from local.services.iam import RECEIVE_EVENTS, Policies
from local.world import World

DOCUMENT_EVENTS = frozenset(
    f"{FIRESTORE_EVENTS}{change}" for change in ("created", "updated", "deleted", "written")
)
PATIENCE_SECONDS = 10


def problems(trigger: Inputs) -> Iterator[Problem]:
    """Triggers that Eventarc would refuse, or for which the world has no source."""
    event_type = trigger.get("eventType", "")
    if not is_unknown(event_type) and event_type not in DOCUMENT_EVENTS:
        yield Problem("eventTrigger.eventType", f"the local provider has no source of {event_type!r}")
    given = {str(each.get("attribute")) for each in trigger.get("eventFilters", [])}
    for attribute in sorted({"database", "document"} - given):
        yield Problem("eventTrigger.eventFilters", f"the attribute {attribute!r} must be filtered on")
    if not trigger.get("serviceAccountEmail"):
        yield Problem("eventTrigger.serviceAccountEmail", "must be given: there is no default account")


def demand(operation: Operation, trigger: Inputs) -> None:
    """The database must be in the trigger's region, and the account must be allowed to receive events."""
    email, project = trigger["serviceAccountEmail"], f"projects/{operation.scope.project}"
    require_account(operation, email)
    if not Policies(operation.store).may([f"serviceAccount:{email}"], RECEIVE_EVENTS, project):
        raise denied(f'Permission "eventarc.events.receiveEvent" denied on "{email}"')
    filters = {each["attribute"]: each["value"] for each in trigger["eventFilters"]}
    database = operation.store.get("firestore.databases", f"{project}/databases/{filters['database']}")
    if database is None:
        raise not_found(f"{project}/databases/{filters['database']}")
    region, location = trigger.get("triggerRegion", operation.scope.region), database.resource["locationId"]
    if region != location:
        raise invalid(f"the trigger's region {region} is not the database's location {location}")


def declare(operation: Operation, function: str, service: str, trigger: Inputs) -> None:
    """Record the trigger and register it at once, so that no later document is missed."""
    filters = [{"attribute": "type", "value": trigger["eventType"]}, *trigger["eventFilters"]]
    resource = {
        "eventFilters": filters,
        "serviceAccount": trigger["serviceAccountEmail"],
        "destination": {
            "cloudRun": {"service": service.rsplit("/", 1)[-1], "region": operation.scope.region}
        },
        "retryPolicy": trigger.get("retryPolicy", "RETRY_POLICY_DO_NOT_RETRY"),
    }
    record = Record(TRIGGERS, trigger_name(operation, function), resource)
    operation.store.put(record)
    # If the emulator does not run yet, Eventarc's stand-in registers the trigger later.
    with suppress(httpx.TransportError):
        _register(operation.world, Trigger.of(record))


def remove(store: ResourceStore, name: str) -> None:
    """Remove the trigger. Events that the emulator still sends for it are dropped."""
    store.delete(TRIGGERS, name)


def trigger_name(operation: Operation, function: str) -> str:
    """The trigger's full name. Google adds six random digits to the function's name."""
    identifier = function.lower().replace("_", "-")
    return (
        f"projects/{operation.scope.project}/locations/{operation.scope.region}/triggers/{identifier}-trigger"
    )


def _register(world: World, trigger: Trigger) -> None:
    url = f"{world.url('firestore')}/emulator/v1/projects/{world.project}/eventarcTrigger"
    answer = httpx.post(
        url,
        params={"eventarcTriggerId": trigger.id},
        json=trigger.registration(),
        timeout=PATIENCE_SECONDS,
    )
    if answer.is_error:
        raise invalid(f"the Firestore emulator refuses the trigger {trigger.id}: {answer.text}")
