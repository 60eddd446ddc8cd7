"""Service Usage v1: the enabled APIs of the project; v1beta1: Google's own service accounts in it."""

from __future__ import annotations

from collections.abc import Iterable

from local.google.frame import operations
from local.google.frame.api import Api
from local.google.frame.call import Body, Call
from local.google.frame.discovery import is_google_api
from local.google.frame.pages import page
from local.google.frame.treatment import treatment_of
from local.resource_store import Record
from local.services.enabled_apis import ON_FROM_THE_START, SERVICES, is_enabled, project_number, service_name
from local.services.google_errors import GoogleError
from local.services.in_force import in_force_after
from local.services.service_agents import create_agent

V1, V1BETA1 = Api("serviceusage.v1"), Api("serviceusage.v1beta1")
RESPONSES = "google.api.serviceusage.v1."
LARGEST_BATCH = 20


@V1.serves("services.get")
def get(call: Call) -> Body:
    """One API of the project."""
    return _shown(call, _api(call.given["name"]))


@V1.serves("services.list")
def list_(call: Call) -> Body:
    """The APIs that are or were enabled, or by the filter only the enabled ones."""
    wanted = call.given.get("filter", "state:ENABLED")
    if wanted not in ("state:ENABLED", "state:DISABLED"):
        raise GoogleError(400, f"Invalid filter: {wanted}")
    recorded = (record.name.rsplit("/", 1)[-1] for record in call.store.list(SERVICES))
    names = ON_FROM_THE_START | set(recorded) if wanted == "state:ENABLED" else ()
    return page((_shown(call, api) for api in names), "services", call.given)


@V1.serves("services.enable")
def enable(call: Call) -> Body:
    """Enable one API."""
    api = _api(call.given["name"])

    def work() -> Body:
        _enable(call, [api])
        return {"service": _shown(call, api)}

    return operations.done(call, "", f"{RESPONSES}EnableServiceResponse", work)


@V1.serves("services.batchEnable", permission="serviceusage.services.enable")
def batch_enable(call: Call) -> Body:
    """Enable several APIs, or none if one of them does not exist."""
    apis = [_api(each) for each in call.body.get("serviceIds", [])]
    if not 0 < len(apis) <= LARGEST_BATCH:
        raise GoogleError(400, f"A batch has between 1 and {LARGEST_BATCH} services.")

    def work() -> Body:
        _enable(call, apis)
        return {"services": [_shown(call, api) for api in apis]}

    return operations.done(call, "", f"{RESPONSES}BatchEnableServicesResponse", work)


@V1.serves("services.disable")
def disable(call: Call) -> Body:
    """Disable one API. What was made with it stays, but cannot be reached by it."""
    api = _api(call.given["name"])
    if not is_enabled(call.store, call.project, api):
        raise GoogleError(400, f"The service {api} is not enabled.", "FAILED_PRECONDITION")

    def work() -> Body:
        call.store.delete(SERVICES, service_name(call.project, api))
        return {"service": _shown(call, api)}

    return operations.done(call, "", f"{RESPONSES}DisableServiceResponse", work)


@V1.serves("operations.get", permission="")
def operation(call: Call) -> Body:
    """One operation."""
    return operations.found(call)


@V1BETA1.serves("services.generateServiceIdentity", permission="serviceusage.services.enable")
def generate_service_identity(call: Call) -> Body:
    """Make the account by which that API acts in the project, if it is not there yet."""
    api = _api(call.given["parent"])

    def work() -> Body:
        agent = create_agent(call.store, call.project, api)
        return {"email": agent, "uniqueId": str(project_number(agent))}

    return operations.done(call, "", "google.api.serviceusage.v1beta1.ServiceIdentity", work)


@V1BETA1.serves("operations.get", permission="")
def beta_operation(call: Call) -> Body:
    """One operation."""
    return operations.found(call)


def _api(name: str) -> str:
    """The API in a service's name. Raises GoogleError 403, as Google does, if there is no such API."""
    api = name.rsplit("/", 1)[-1]
    if not api.endswith(".googleapis.com") or not is_google_api(api):
        raise GoogleError(403, f"Not found or permission denied for service(s): {api}.")
    return api


def _enable(call: Call, apis: Iterable[str]) -> None:
    for api in apis:
        name = service_name(call.project, api)
        if not is_enabled(call.store, call.project, api):
            treatment = treatment_of(call.world)
            late = in_force_after(treatment.seconds(treatment.apis, api))
            call.store.put(Record(SERVICES, name, {"name": name, "state": "ENABLED"}, late))


def _shown(call: Call, api: str) -> Body:
    state = "ENABLED" if is_enabled(call.store, call.project, api) else "DISABLED"
    return {
        "name": f"projects/{call.number}/services/{api}",
        "parent": f"projects/{call.number}",
        "config": {"name": api},
        "state": state,
    }
