"""Writes records as the provider does, for tests."""

from __future__ import annotations

from typing import Any

from local.resource_store import Record, ResourceStore
from local.services import iam
from local.services.functions import FUNCTIONS, SERVICES, run_service_name
from local.services.iam_roles import CUSTOM_ROLES
from local.world import World
from tests.services import roles

PROJECT = "demo-services"
REGION = "europe-west2"


def email(account: str) -> str:
    return f"{account}@{PROJECT}.iam.gserviceaccount.com"


class Declarations:
    """The records of one test."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = ResourceStore(world)
        self._kept: list[tuple[str, str]] = []

    def record(
        self, kind: str, name: str, resource: dict[str, Any], status: dict[str, Any] | None = None
    ) -> Record:
        record = Record(kind, name, resource, status or {})
        self.store.put(record)
        self._kept.append((kind, name))
        return record

    def account(self, account: str, **resource: Any) -> str:
        """Declare a service account; return its e-mail address."""
        address = email(account)
        self.record(iam.SERVICE_ACCOUNTS, iam.service_account_name(address), resource)
        return address

    def custom_role(self, role_id: str, *permissions: str) -> str:
        """Declare a role of the project's own; return its name."""
        name = f"projects/{PROJECT}/roles/{role_id}"
        self.record(CUSTOM_ROLES, name, {"includedPermissions": permissions})
        return name

    def grant(
        self, member: str, role: str, target: str = f"projects/{PROJECT}", condition: str | None = None
    ) -> str:
        """Declare a binding; return its name."""
        name = f"{target}|{role}|{member}"
        binding = {"target": target, "role": role, "member": member, "condition": condition}
        self.record(iam.BINDINGS, name, binding)
        return name

    def revoke(self, binding: str) -> None:
        self.store.delete(iam.BINDINGS, binding)

    def function(
        self, name: str, port: int | None, timeout: float = 60, ingress: str = "INGRESS_TRAFFIC_ALL"
    ) -> str:
        """Declare a function with one live revision at that port; return its service's name."""
        location = f"projects/{PROJECT}/locations/{REGION}"
        service = run_service_name(self.world, name)
        self.record(FUNCTIONS, f"{location}/functions/{name}", {})
        revisions = [{"name": f"{name}-00001", "port": port, "program": ""}] if port else []
        status = {
            "revisions": revisions,
            "live": f"{name}-00001" if port else "",
            "uri": f"{self.world.url('functions')}/{name}",
        }
        template = {"serviceAccount": "", "timeout": f"{timeout}s"}
        self.record(SERVICES, service, {"template": template, "ingress": ingress}, status)
        return service

    def public_function(self, name: str, port: int | None, **given: Any) -> str:
        service = self.function(name, port, **given)
        self.grant(iam.EVERYONE, roles.INVOKER, service)
        return service

    def forget(self) -> None:
        for kind, name in self._kept:
            self.store.delete(kind, name)
