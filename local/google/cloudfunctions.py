"""Cloud Functions v2: functions that are built from their source and become Cloud Run services.

A function is deployed by one operation at a time. Google keeps one whose first deploy failed, in the state
FAILED and without an address; one that served before goes on as it was.
"""

from __future__ import annotations

from collections.abc import Callable

from local.google import function_service, function_uploads
from local.google.frame import operations, places, policies
from local.google.frame.api import Api
from local.google.frame.call import Body, Call, now
from local.google.frame.pages import page
from local.google.function_checks import NAME, require_deployable
from local.google.function_state import ACTIVE, leave, shown, taking
from local.resource_store import Record
from local.services.functions import FUNCTIONS
from local.services.google_errors import GoogleError, already_exists, invalid

API = Api("cloudfunctions.v2")
COLLECTION = "projects.locations.functions"
PYTHON_MINORS = (11, 12, 13)
TYPE = "google.cloud.functions.v2.Function"
METADATA = "type.googleapis.com/google.cloud.functions.v2.OperationMetadata"


@API.serves(f"{COLLECTION}.create")
def create(call: Call) -> Body:
    """Make a function and deploy it."""
    name = _new_name(call)
    function = {**call.body, "name": name, "environment": call.body.get("environment", "GEN_2")}
    trigger = function_service.trigger_name(call, name)
    require_deployable(call, function, trigger)
    record = Record(FUNCTIONS, name, function, {"created": now(), "updated": now()})
    if call.store.get(FUNCTIONS, name):
        raise already_exists(f"Resource '{name}' already exists.")
    with taking(name):
        function_service.require_free(call, name)
        call.store.put(record)
        return _begun(call, name, "create", lambda: _deploy(call, record, trigger))


@API.serves(f"{COLLECTION}.patch")
def patch(call: Call) -> Body:
    """Change a function by a mask and deploy it."""
    before = call.record(FUNCTIONS, call.given["name"])
    function = call.updated(before.resource, "name", "environment")
    trigger = function_service.trigger_name(call, before.name)
    require_deployable(call, function, trigger)
    after = Record(FUNCTIONS, before.name, function, before.status)
    with taking(before.name):
        return _begun(call, before.name, "update", lambda: _deploy(call, after, trigger))


@API.serves(f"{COLLECTION}.delete")
def delete(call: Call) -> Body:
    """Delete a function with its service, its trigger and who may call it."""
    name = call.record(FUNCTIONS, call.given["name"]).name

    def work() -> Body:
        function_service.remove(call, name)
        for target in (function_service.service_name(call, name), name):
            policies.forget_policy(call, target)
        call.store.delete(FUNCTIONS, name)
        return {}

    with taking(name):
        return _begun(call, name, "delete", work, "google.protobuf.Empty")


@API.serves(f"{COLLECTION}.get")
def get(call: Call) -> Body:
    """One function."""
    return shown(call, call.record(FUNCTIONS, call.given["name"]))


@API.serves(f"{COLLECTION}.list")
def list_(call: Call) -> Body:
    """The functions of a location, or with `-` of all."""
    parent = call.given["parent"].removesuffix("/locations/-")
    wanted = "GEN_2" in call.given.get("filter", "GEN_2")
    found = call.within(FUNCTIONS, parent) if wanted else []
    return page((shown(call, each) for each in found), "functions", call.given)


@API.serves(f"{COLLECTION}.generateUploadUrl", permission="cloudfunctions.functions.sourceCodeSet")
def generate_upload_url(call: Call) -> Body:
    """An address for a source, and how a function names it."""
    return function_uploads.announce(call)


@API.serves("projects.locations.runtimes.list")
def runtimes(call: Call) -> Body:
    """The runtimes of which the world has an interpreter: Python's."""
    names = [{"name": f"python3{minor}", "environment": "GEN_2", "stage": "GA"} for minor in PYTHON_MINORS]
    return page(names, "runtimes", call.given)


API.serves("projects.locations.list")(places.places)


@API.serves("projects.locations.operations.get", permission="")
def operation(call: Call) -> Body:
    """One operation."""
    return operations.found(call)


policies.serve(API, COLLECTION, lambda call: call.record(FUNCTIONS, call.given["resource"]).name)


def _new_name(call: Call) -> str:
    parent, function_id = call.given["parent"], call.given.get("functionId", "")
    if not NAME.fullmatch(function_id):
        raise invalid(f"functionId: {function_id!r} must match {NAME.pattern}")
    if parent != f"projects/{call.project}/locations/{call.world.region}":
        raise GoogleError(403, f"Permission denied on '{parent}' (or it may not exist).")
    return f"{parent}/functions/{function_id}"


def _deploy(call: Call, record: Record, trigger: str) -> Body:
    """Deploy a function. After a failure one that serves stays as it was, and any other one is FAILED."""
    serves = function_service.service_of(call, record.name) is not None
    try:
        status = {**record.status, "message": "", **function_service.deploy(call, record.resource, trigger)}
    except Exception as error:
        if not serves:
            failed = {**record.status, "updated": now(), "message": str(error)}
            call.store.put(Record(FUNCTIONS, record.name, record.resource, failed))
        raise
    deployed = Record(FUNCTIONS, record.name, record.resource, status)
    call.store.put(deployed)
    return {**shown(call, deployed), "state": ACTIVE}


def _begun(call: Call, name: str, verb: str, work: Callable[[], Body], kind: str = TYPE) -> Body:
    """The operation of a function that was taken for it."""

    def whole() -> Body:
        try:
            return work()
        finally:
            leave(name)

    about = {
        "@type": METADATA,
        "createTime": now(),
        "target": name,
        "verb": verb,
        "cancelRequested": False,
        "apiVersion": "v2",
        "operationType": f"{verb.upper()}_FUNCTION",
    }
    return operations.begun(call, operations.prefix_of(name), kind, whole, about)
