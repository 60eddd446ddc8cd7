"""Cloud Run v2: the services that functions are made of, their revisions and their policies.

A service is made by Cloud Functions alone; here it may be changed and deleted, as Google lets anybody do who
has the right to, without asking Cloud Functions.
"""

from __future__ import annotations

from local.function_runtime import revisions
from local.function_runtime.revisions import Service
from local.function_runtime.run_revision import REVISIONS
from local.google.frame import operations, policies
from local.google.frame.api import Api
from local.google.frame.call import Body, Call, times_of
from local.google.frame.etags import etag_of, require_seen
from local.google.frame.pages import page
from local.google.frame.policy_checks import require_account, require_act_as
from local.resource_store import Record
from local.services.functions import SERVICES
from local.services.google_errors import GoogleError, invalid

API = Api("run.v2")
COLLECTION = "projects.locations.services"
TYPE = "google.cloud.run.v2.Service"
LATEST, REVISION = (f"TRAFFIC_TARGET_ALLOCATION_TYPE_{kind}" for kind in ("LATEST", "REVISION"))
ALL = 100
"""Percent of the traffic."""
CHANGEABLE = frozenset(
    {"annotations", "description", "etag", "ingress", "labels", "name", "template", "traffic"}
)
READY: Body = {"type": "Ready", "state": "CONDITION_SUCCEEDED"}


@API.serves(f"{COLLECTION}.get")
def get(call: Call) -> Body:
    """One service."""
    return service_shown(call.record(SERVICES, call.given["name"]))


@API.serves(f"{COLLECTION}.list")
def list_(call: Call) -> Body:
    """The services of a location, or with `-` of all."""
    within = call.within(SERVICES, call.given["parent"].removesuffix("/locations/-"))
    return page(map(service_shown, within), "services", call.given)


@API.serves(f"{COLLECTION}.patch")
def patch(call: Call) -> Body:
    """Change a service: another template makes a new revision, `traffic` gives all to an earlier one."""
    before = call.record(SERVICES, call.given["name"])
    require_seen(call.body.get("etag"), etag_of(before.status))
    if unknown := call.body.keys() - CHANGEABLE:
        raise invalid(f"The one-machine world's services have no such setting: {', '.join(sorted(unknown))}")
    after = call.updated(_declared(before), "name", "uid")
    account = after["template"].get("serviceAccount", "")
    require_act_as(call, account)
    require_account(call, account)
    live = _wanted_revision(after.pop("traffic", []))

    def work() -> Body:
        if live:
            revisions.move_traffic(call.world, before.name, live)
        else:
            revisions.redeploy(call.world, Service(before.name, after, before.status["uri"]))
        return service_shown(call.record(SERVICES, before.name))

    return operations.begun(call, operations.prefix_of(before.name), TYPE, work)


@API.serves(f"{COLLECTION}.delete")
def delete(call: Call) -> Body:
    """Delete a service. A function that it was made for is FAILED from now on."""
    record = call.record(SERVICES, call.given["name"])
    require_seen(call.given.get("etag"), etag_of(record.status))

    def work() -> Body:
        revisions.remove(call.world, record.name)
        policies.forget_policy(call, record.name)
        return service_shown(record)

    return operations.begun(call, operations.prefix_of(record.name), TYPE, work)


@API.serves(f"{COLLECTION}.revisions.get")
def get_revision(call: Call) -> Body:
    """One revision."""
    return _revision(call.record(REVISIONS, call.given["name"]))


@API.serves(f"{COLLECTION}.revisions.list")
def list_revisions(call: Call) -> Body:
    """The revisions of a service."""
    service = call.record(SERVICES, call.given["parent"])
    return page(map(_revision, call.within(REVISIONS, service.name)), "revisions", call.given)


@API.serves("projects.locations.operations.get", permission="")
def operation(call: Call) -> Body:
    """One operation."""
    return operations.found(call)


@API.serves("projects.locations.operations.wait", permission="")
def wait(call: Call) -> Body:
    """One operation, which may end a little later than this answer."""
    return operations.found(call)


policies.serve(API, COLLECTION, lambda call: call.record(SERVICES, call.given["resource"]).name)


def service_shown(record: Record) -> Body:
    """The service as Google answers it."""
    status = record.status
    newest = f"{record.name}/revisions/{newest_of(record)}" if newest_of(record) else ""
    return {
        **_declared(record),
        "name": record.name,
        "uri": status.get("uri", ""),
        "urls": [status.get("uri", "")],
        **times_of(record),
        "generation": str(status.get("generation", 1)),
        "observedGeneration": str(status.get("generation", 1)),
        "latestReadyRevision": newest,
        "latestCreatedRevision": newest,
        "terminalCondition": READY,
        "etag": etag_of(status),
    }


def newest_of(service: Record) -> str:
    """The name of the latest revision; empty if there is none."""
    revisions = service.status.get("revisions")
    return str(revisions[-1]["name"]) if revisions else ""


def _declared(record: Record) -> Body:
    """What may be changed of it, with the traffic as it is."""
    status = record.status
    target: Body = {"type": LATEST, "percent": ALL}
    if newest_of(record) and status["live"] != newest_of(record):
        target = {"type": REVISION, "revision": status["live"], "percent": ALL}
    return {**record.resource, "traffic": [target]}


def _wanted_revision(traffic: list[Body]) -> str:
    """The revision that gets all traffic; none if that is the latest one. Raises GoogleError 400."""
    if len(traffic) > 1 or any(each.get("percent", ALL) != ALL for each in traffic):
        raise GoogleError(400, "The one-machine world gives all traffic to one revision.")
    revision: str = traffic[0].get("revision", "") if traffic else ""
    return revision


def _revision(record: Record) -> Body:
    """A revision without the values of its variables: these are for who runs it."""
    service = record.name.split("/revisions/")[0].rsplit("/", 1)[-1]
    kept = ("serviceAccount", "timeout", "scaling", "maxInstanceRequestConcurrency")
    shown = {key: record.resource[key] for key in kept if key in record.resource}
    return {"name": record.name, "service": service, **shown, **times_of(record), "conditions": [READY]}
