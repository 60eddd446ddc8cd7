"""Cloud Build v1: the builds of functions, each with its end. Nothing else is built here."""

from __future__ import annotations

import uuid

from local.function_runtime import builds
from local.function_runtime.revisions import Built
from local.google.frame.api import Api
from local.google.frame.call import Body, Call, now
from local.google.frame.operations import own_store
from local.google.frame.pages import page
from local.resource_store import Record
from local.services.google_errors import GoogleError, not_found

API = Api("cloudbuild.v1")
BUILDS = "cloudbuild.builds"
COLLECTION = "projects.locations.builds"
CONSOLE = "https://console.cloud.google.com/cloud-build/builds"


@API.serves(f"{COLLECTION}.get")
def get(call: Call) -> Body:
    """One build."""
    record = own_store(call.world).get(BUILDS, call.given["name"])
    if record is None:
        raise not_found(call.given["name"])
    return _shown(call, record)


@API.serves(f"{COLLECTION}.list")
def list_(call: Call) -> Body:
    """The builds of a location."""
    parent = f"{call.given['parent']}/"
    records = (each for each in own_store(call.world).list(BUILDS) if each.name.startswith(parent))
    return page((_shown(call, each) for each in records), "builds", call.given)


@API.serves("projects.locations.getDefaultServiceAccount", permission="cloudbuild.builds.list")
def default_account(call: Call) -> Body:
    """Who builds if nobody is named: Compute Engine's account, as in every project since 2024."""
    account = f"{call.number}-compute@developer.gserviceaccount.com"
    return {
        "name": call.given["name"],
        "serviceAccountEmail": f"projects/{call.project}/serviceAccounts/{account}",
    }


def build(call: Call, config: Body, signature: str) -> tuple[str, Built]:
    """Build a function's source: the build's name and its result. Raises GoogleError if it fails."""
    identifier = str(uuid.uuid4())
    name = f"projects/{call.project}/locations/{call.world.region}/builds/{identifier}"
    begun: Body = {"createTime": now(), "serviceAccount": config.get("serviceAccount", "")}
    _put(call, name, {**begun, "status": "WORKING"})
    try:
        built = builds.build(call.world, config, signature)
    except GoogleError as error:
        _put(call, name, {**begun, "status": "FAILURE", "statusDetail": error.message, "finishTime": now()})
        raise GoogleError(error.status, _failure(call, identifier, error.message), error.name) from error
    _put(call, name, {**begun, "status": "SUCCESS", "finishTime": now()})
    return call.numbered(name), built


def _failure(call: Call, identifier: str, message: str) -> str:
    failed = f"Build failed with status: FAILURE and message: {message}."
    return f"{failed} For more details see the logs at {_log(call, identifier)}."


def _log(call: Call, identifier: str) -> str:
    return f"{CONSOLE};region={call.world.region}/{identifier}?project={call.number}"


def _put(call: Call, name: str, resource: Body) -> None:
    own_store(call.world).put(Record(BUILDS, name, resource, {"begun": resource["createTime"]}))


def _shown(call: Call, record: Record) -> Body:
    identifier = record.name.rsplit("/", 1)[-1]
    return {
        "name": call.numbered(record.name),
        "id": identifier,
        "projectId": call.project,
        "logUrl": _log(call, identifier),
        **record.resource,
    }
