"""Resource Manager v1: the project itself, and its IAM policy with the audit configurations."""

from __future__ import annotations

from local.google.frame import masks, policies
from local.google.frame.api import Api
from local.google.frame.call import Body, Call
from local.resource_store import Record
from local.services.google_errors import GoogleError

API = Api("cloudresourcemanager.v1")
AUDIT_CONFIGS = "cloudresourcemanager.auditConfigs"
CREATED = "2025-01-01T00:00:00Z"


def _project(call: Call) -> str:
    """The project in the path, which is named by its id or number alone. Raises GoogleError 403."""
    asked = next((call.given[name] for name in call.method.path_parameters), call.project)
    if asked not in (call.project, str(call.number)):
        raise GoogleError(403, f"The caller does not have permission on the project {asked}.")
    return f"projects/{call.project}"


@API.serves("projects.get", target=_project)
def get(call: Call) -> Body:
    """The project."""
    return {
        "projectId": call.project,
        "projectNumber": str(call.number),
        "name": call.project,
        "lifecycleState": "ACTIVE",
        "createTime": CREATED,
    }


@API.serves("projects.list", target=_project, permission="resourcemanager.projects.get")
def list_(call: Call) -> Body:
    """The one project."""
    return {"projects": [get(call)]}


@API.serves("projects.getIamPolicy", target=_project)
def get_policy(call: Call) -> Body:
    """Who may do what in the project, and which accesses are logged."""
    return policies.policy_of(call, f"projects/{call.project}", **_audit(call))


@API.serves("projects.setIamPolicy", target=_project)
def set_policy(call: Call) -> Body:
    """Replace that: the bindings, and by the mask also the audit configurations."""
    sent = call.body["policy"]
    mask = {path[0] for path in masks.paths_of(call.body.get("updateMask", "bindings,etag"))}
    with policies.changing:
        policies.replace(call, f"projects/{call.project}", sent, **_audit(call))
        if "auditConfigs" in mask:
            _put_audit(call, sent.get("auditConfigs", []))
    return get_policy(call)


@API.serves("projects.testIamPermissions", permission="", target=_project)
def test_permissions(call: Call) -> Body:
    """What the caller may do in the project."""
    return policies.granted(call, _project(call))


def _audit(call: Call) -> Body:
    found = [record.resource for record in call.store.list(AUDIT_CONFIGS)]
    return {"auditConfigs": found} if found else {}


def _put_audit(call: Call, sent: list[Body]) -> None:
    wanted = {f"projects/{call.project}/auditConfigs/{each['service']}": each for each in sent}
    for record in list(call.store.list(AUDIT_CONFIGS)):
        if record.name not in wanted:
            call.store.delete(AUDIT_CONFIGS, record.name)
    for name, each in wanted.items():
        call.store.put(Record(AUDIT_CONFIGS, name, each))
