"""The project's services: which of Google's APIs are enabled, and the refusal of one that is not."""

from __future__ import annotations

from collections.abc import Iterator

from local.provider.gcp.google_error import service_disabled
from local.provider.gcp.scope import Operation, project_number

SERVICES = "serviceusage.services"
ON_FROM_THE_START = frozenset(
    f"{service}.googleapis.com"
    for service in ("logging", "monitoring", "servicemanagement", "serviceusage", "storage", "storage-api")
)
"""What a new project has enabled (cloud.google.com/service-usage/docs/enabled-service)."""


def service_name(project: str, api: str) -> str:
    """The REST name of an API as a service of a project."""
    return f"projects/{project}/services/{api}"


def require_enabled(operation: Operation, api: str) -> None:
    """Raise Google's error where the API is not enabled."""
    project = operation.scope.project
    if api in ON_FROM_THE_START or operation.store.get(SERVICES, service_name(project, api)):
        return
    raise service_disabled(api, project, project_number(project))


def enabled(operation: Operation) -> Iterator[str]:
    """The APIs that were enabled by declaration."""
    return (record.name.rsplit("/", 1)[-1] for record in operation.store.list(SERVICES))
