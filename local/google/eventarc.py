"""Eventarc v1: the triggers that Cloud Functions makes. Nothing here makes or changes one."""

from __future__ import annotations

from local.function_runtime import triggers
from local.google.frame import operations, policies
from local.google.frame.api import Api
from local.google.frame.call import Body, Call, times_of, without
from local.google.frame.etags import etag_of
from local.google.frame.pages import page
from local.resource_store import Record
from local.services.event_triggers import TRIGGERS

API = Api("eventarc.v1")
COLLECTION = "projects.locations.triggers"
TYPE = "google.cloud.eventarc.v1.Trigger"


@API.serves(f"{COLLECTION}.get")
def get(call: Call) -> Body:
    """One trigger."""
    return _shown(call.record(TRIGGERS, call.given["name"]))


@API.serves(f"{COLLECTION}.list")
def list_(call: Call) -> Body:
    """The triggers of a location, or with `-` of all."""
    within = call.within(TRIGGERS, call.given["parent"].removesuffix("/locations/-"))
    return page(map(_shown, within), "triggers", call.given)


@API.serves(f"{COLLECTION}.delete")
def delete(call: Call) -> Body:
    """Delete a trigger; its function gets no more events."""
    record = call.record(TRIGGERS, call.given["name"])

    def work() -> Body:
        triggers.remove(call.world, record.name)
        policies.forget_policy(call, record.name)
        return _shown(record)

    return operations.done(call, operations.prefix_of(record.name), TYPE, work)


@API.serves("projects.locations.operations.get", permission="")
def operation(call: Call) -> Body:
    """One operation."""
    return operations.found(call)


policies.serve(API, COLLECTION, lambda call: call.record(TRIGGERS, call.given["resource"]).name)


def _shown(record: Record) -> Body:
    """The trigger without the retry policy of its function, which Eventarc does not know."""
    shown = without(record.resource, ["retryPolicy"])
    return {**shown, "name": record.name, **times_of(record), "etag": etag_of(record.resource)}
