"""Cloud Run v1, which has the form of Knative's API: the same services and revisions, as `gcloud run` asks.

A name here is `namespaces/PROJECT/services/NAME`. Google knows the region by the address; here it is the
world's.
"""

from __future__ import annotations

from typing import Any

from local.function_runtime import revisions
from local.function_runtime.run_revision import REVISIONS
from local.google.frame import places, policies
from local.google.frame.api import Api
from local.google.frame.call import Body, Call
from local.google.frame.etags import etag_of
from local.google.run import ALL, newest_of
from local.resource_store import Record
from local.services.functions import DEFAULT_TIMEOUT, SERVICES
from local.services.google_errors import GoogleError
from local.services.job_schedule import seconds

API = Api("run.v1")
NAMESPACED, REGIONAL = "namespaces", "projects.locations"
SERVING = "serving.knative.dev/v1"
CONDITIONS = ("Ready", "ConfigurationsReady", "RoutesReady")


def _full_name(call: Call) -> str:
    """The name as Cloud Run v2 has it. Raises GoogleError 403 if it is that of another project."""
    given = call.given.get("name") or call.given["parent"]
    kind, project, *rest = given.split("/")
    if kind == "namespaces":
        if project not in (call.project, str(call.number)):
            raise GoogleError(403, f"Permission denied on resource project {project}.")
        rest = ["locations", call.world.region, *rest]
    place = "/".join(["projects", call.project, *rest])
    return place.removesuffix("/locations/-")


@API.serves(f"{NAMESPACED}.services.list", f"{REGIONAL}.services.list", target=_full_name)
def list_(call: Call) -> Body:
    """The services of the world's region."""
    found = [_service(call, each) for each in call.within(SERVICES, _full_name(call))]
    return {"apiVersion": SERVING, "kind": "ServiceList", "items": found}


@API.serves(f"{NAMESPACED}.services.get", f"{REGIONAL}.services.get", target=_full_name)
def get(call: Call) -> Body:
    """One service."""
    return _service(call, call.record(SERVICES, _full_name(call)))


@API.serves(f"{NAMESPACED}.services.delete", f"{REGIONAL}.services.delete", target=_full_name)
def delete(call: Call) -> Body:
    """Delete a service. A function that it was made for is FAILED from now on."""
    record = call.record(SERVICES, _full_name(call))
    revisions.remove(call.world, record.name)
    policies.forget_policy(call, record.name)
    return {"status": "Success"}


@API.serves(f"{NAMESPACED}.revisions.list", f"{REGIONAL}.revisions.list", target=_full_name)
def list_revisions(call: Call) -> Body:
    """The revisions of the region, or of the service that `labelSelector` names."""
    label, _, wanted = call.given.get("labelSelector", "").replace(" ", "").partition("=")
    known = [_revision(call, each) for each in call.within(REVISIONS, _full_name(call))]
    items = [each for each in known if not label or each["metadata"]["labels"].get(label) == wanted]
    return {"apiVersion": SERVING, "kind": "RevisionList", "items": items}


API.serves(f"{REGIONAL}.list", permission="run.locations.list")(places.places)
policies.serve(API, f"{REGIONAL}.services", lambda call: call.record(SERVICES, call.given["resource"]).name)


def _service(call: Call, record: Record) -> Body:
    status, template = record.status, record.resource["template"]
    newest = newest_of(record)
    live = status.get("live", "")
    target: Body = {"latestRevision": True} if live == newest else {"revisionName": live}
    traffic: Body = {"percent": ALL, **target}
    generation = int(status.get("generation", 1))
    return {
        "apiVersion": SERVING,
        "kind": "Service",
        "metadata": _metadata(call, record, record.resource.get("labels", {})),
        "spec": {"template": {"spec": _revision_spec(template)}, "traffic": [traffic]},
        "status": {
            "observedGeneration": generation,
            "conditions": _conditions(record),
            "latestReadyRevisionName": newest,
            "latestCreatedRevisionName": newest,
            "traffic": [{**traffic, "revisionName": live}],
            "url": status.get("uri", ""),
            "address": {"url": status.get("uri", "")},
        },
    }


def _revision(call: Call, record: Record) -> Body:
    """A revision, with the names of its variables alone."""
    service, _, name = record.name.rpartition("/revisions/")
    labels = {"serving.knative.dev/service": service.rsplit("/", 1)[-1]}
    shown = Record(record.kind, name, record.resource, record.status)
    return {
        "apiVersion": SERVING,
        "kind": "Revision",
        "metadata": _metadata(call, shown, labels),
        "spec": {**_revision_spec(record.resource), "containers": [{}]},
        "status": {"conditions": _conditions(record)},
    }


def _metadata(call: Call, record: Record, labels: dict[str, str]) -> Body:
    status = record.status
    made = {"creationTimestamp": status["created"]} if "created" in status else {}
    return {
        "name": record.name.rsplit("/", 1)[-1],
        "namespace": str(call.number),
        "generation": int(status.get("generation", 1)),
        "resourceVersion": etag_of(status),
        "labels": {"cloud.googleapis.com/location": call.world.region, **labels},
        **made,
    }


def _conditions(record: Record) -> list[Body]:
    changed = record.status.get("updated") or record.status.get("created")
    at = {"lastTransitionTime": changed} if changed else {}
    return [{"type": kind, "status": "True", **at} for kind in CONDITIONS]


def _revision_spec(template: Body) -> Body:
    return {
        "serviceAccountName": template.get("serviceAccount", ""),
        "timeoutSeconds": int(seconds(template.get("timeout", DEFAULT_TIMEOUT))),
        "containerConcurrency": template.get("maxInstanceRequestConcurrency", 1),
        "containers": [_container(each) for each in template.get("containers", [])],
    }


def _container(container: Body) -> Body:
    kept: Body = {key: container[key] for key in ("name", "image", "resources") if key in container}
    return {**kept, "env": [_variable(each) for each in container.get("env", [])]}


def _variable(variable: Body) -> Any:
    source = variable.get("valueSource")
    if source is None:
        return variable
    reference = source["secretKeyRef"]
    secret = {"name": reference["secret"].rsplit("/", 1)[-1], "key": reference["version"]}
    return {"name": variable["name"], "valueFrom": {"secretKeyRef": secret}}
