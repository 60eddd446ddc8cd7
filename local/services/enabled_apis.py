"""The enabled APIs of a project; refuses a call to one that is not enabled."""

from __future__ import annotations

import hashlib

from local.resource_store import ResourceStore
from local.services.google_errors import GoogleError
from local.services.in_force import is_in_force

SERVICES = "serviceusage.services"
ON_FROM_THE_START = frozenset(
    f"{service}.googleapis.com"
    for service in ("logging", "monitoring", "servicemanagement", "serviceusage", "storage", "storage-api")
)
"""The APIs that are enabled in a new project (cloud.google.com/service-usage/docs/enabled-service)."""
ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
SMALLEST_NUMBER = 100_000_000_000
"""Project numbers have twelve digits."""


def project_number(project: str) -> int:
    """A project's invented number, which is always the same for the same id."""
    digest = int(hashlib.sha256(project.encode()).hexdigest(), 16)
    return SMALLEST_NUMBER + digest % (9 * SMALLEST_NUMBER)


def service_name(project: str, api: str) -> str:
    """The REST name of an API as a service of a project."""
    return f"projects/{project}/services/{api}"


def is_enabled(store: ResourceStore, project: str, api: str) -> bool:
    """Whether the project may call the API."""
    return api in ON_FROM_THE_START or store.get(SERVICES, service_name(project, api)) is not None


def is_answering(store: ResourceStore, project: str, api: str) -> bool:
    """Whether the API answers: after it was enabled this may take a while."""
    record = store.get(SERVICES, service_name(project, api))
    return is_in_force(record) if record else api in ON_FROM_THE_START


def require_enabled(store: ResourceStore, project: str, api: str) -> None:
    """Raise Google's error if the API is not enabled, or does not answer yet."""
    if is_answering(store, project, api):
        return
    number = project_number(project)
    page = f"https://console.developers.google.com/apis/api/{api}/overview?project={number}"
    detail = {
        "@type": ERROR_INFO,
        "reason": "SERVICE_DISABLED",
        "domain": "googleapis.com",
        "metadata": {"service": api, "consumer": f"projects/{number}", "activationUrl": page},
    }
    message = (
        f"{api} has not been used in project {number} before or it is disabled. Enable it by visiting {page} "
        "then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our "
        "systems and retry."
    )
    raise GoogleError(403, message, "", detail)
