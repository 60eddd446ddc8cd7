"""Cloud Run v2: the services that functions are made of, their revisions and their policies.

A service is made by Cloud Functions alone, so nothing here makes or changes one.
"""

from __future__ import annotations

from local.google.frame import policies
from local.google.frame.api import Api
from local.google.frame.call import Body, Call
from local.google.frame.etags import etag_of
from local.google.frame.pages import page
from local.resource_store import Record
from local.services.functions import SERVICES

API = Api("run.v2")
COLLECTION = "projects.locations.services"
REVISIONS = "run.revisions"


@API.serves(f"{COLLECTION}.get")
def get(call: Call) -> Body:
    """One service."""
    return _service(call.record(SERVICES, call.given["name"]))


@API.serves(f"{COLLECTION}.list")
def list_(call: Call) -> Body:
    """The services of a location."""
    return page(map(_service, call.within(SERVICES, call.given["parent"])), "services", call.given)


@API.serves(f"{COLLECTION}.revisions.get")
def get_revision(call: Call) -> Body:
    """One revision."""
    return _revision(call.record(REVISIONS, call.given["name"]))


@API.serves(f"{COLLECTION}.revisions.list")
def list_revisions(call: Call) -> Body:
    """The revisions of a service."""
    service = call.record(SERVICES, call.given["parent"])
    return page(map(_revision, call.within(REVISIONS, service.name)), "revisions", call.given)


policies.serve(API, COLLECTION, lambda call: call.record(SERVICES, call.given["resource"]).name)


def _service(record: Record) -> Body:
    live = f"{record.name}/revisions/{record.status['live']}" if record.status.get("live") else ""
    return {
        "name": record.name,
        "template": record.resource["template"],
        "uri": record.status.get("uri", ""),
        "latestReadyRevision": live,
        "latestCreatedRevision": live,
        "traffic": [{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}],
        "terminalCondition": {"type": "Ready", "state": "CONDITION_SUCCEEDED"},
        "etag": etag_of(record.status),
    }


def _revision(record: Record) -> Body:
    """A revision without the values of its variables: these are for who runs it."""
    service = record.name.split("/revisions/")[0].rsplit("/", 1)[-1]
    kept = ("serviceAccount", "timeout")
    shown = {key: record.resource[key] for key in kept if key in record.resource}
    return {"name": record.name, "service": service, **shown}
