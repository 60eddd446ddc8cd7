"""Firebase v1beta1: the project, which has Firebase from the start, or to which it is added once.

Adding it makes the default site of Hosting, as Google does.
"""

from __future__ import annotations

from local.google.frame import operations
from local.google.frame.api import Api
from local.google.frame.call import Body, Call
from local.google.frame.etags import etag_of
from local.resource_store import Record
from local.services import programs
from local.services.firebase_apps import PROJECTS, SITES
from local.services.google_errors import GoogleError, already_exists
from local.services.world_program import start_service

API = Api("firebase.v1beta1")
TYPE = "google.firebase.v1beta1.FirebaseProject"
WITHOUT = "WITHOUT_FIREBASE"
"""The state of the record of a project to which it was not added yet."""


@API.serves("projects.get", permission="firebase.projects.get")
def get(call: Call) -> Body:
    """The project, if it has Firebase."""
    require_firebase(call)
    return _shown(call)


@API.serves("projects.addFirebase", permission="firebase.projects.update")
def add(call: Call) -> Body:
    """Add Firebase to the project."""
    if _has_firebase(call):
        raise already_exists("Requested entity already exists")

    def work() -> Body:
        start_service(call.world, programs.hosting(call.world))
        call.store.put(Record(SITES, _site(call), {}))
        call.store.delete(PROJECTS, _name(call))
        return _shown(call)

    return operations.done(call, "", TYPE, work)


def require_firebase(call: Call) -> None:
    """Raise GoogleError 404 if the project has no Firebase."""
    if not _has_firebase(call):
        raise GoogleError(404, "Requested entity was not found.")


def _has_firebase(call: Call) -> bool:
    record = call.store.get(PROJECTS, _name(call))
    return record is None or record.resource.get("state") != WITHOUT


def _name(call: Call) -> str:
    return f"projects/{call.project}"


def _site(call: Call) -> str:
    return f"{_name(call)}/sites/{call.project}"


def _shown(call: Call) -> Body:
    site = {"hostingSite": call.project} if call.store.get(SITES, _site(call)) else {}
    project = {
        "name": _name(call),
        "projectId": call.project,
        "projectNumber": str(call.number),
        "displayName": call.project,
        "state": "ACTIVE",
        "resources": site,
    }
    return {**project, "etag": etag_of(project)}
