"""The enabled APIs of the project; refuses a resource whose API is not enabled."""

from __future__ import annotations

from collections.abc import Iterator

from local.provider.gcp.google_error import service_disabled
from local.provider.gcp.scope import Operation, project_number

SERVICES = "serviceusage.services"
ON_FROM_THE_START = frozenset(
    f"{service}.googleapis.com"
    for service in ("logging", "monitoring", "servicemanagement", "serviceusage", "storage", "storage-api")
)
"""The APIs that are enabled in a new project (cloud.google.com/service-usage/docs/enabled-service)."""


def service_name(project: str, api: str) -> str:
    """The REST name of an API as a service of a project."""
    return f"projects/{project}/services/{api}"


def require_enabled(operation: Operation, api: str) -> None:
    """Raise Google's error if the API is not enabled."""
    project = operation.scope.project
    if api in ON_FROM_THE_START or operation.store.get(SERVICES, service_name(project, api)):
        return
    raise service_disabled(api, project, project_number(project))


def enabled(operation: Operation) -> Iterator[str]:
    """The APIs that the program has enabled."""
    return (record.name.rsplit("/", 1)[-1] for record in operation.store.list(SERVICES))
