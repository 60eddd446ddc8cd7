"""Which permissions a role includes: one of Google's predefined roles, or one that the program declares.

`predefined_roles.json` is a record of Google's own table, with its source and date, of the roles that are in
use here or were.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from pathlib import Path

from local.resource_store import Record, ResourceStore

CUSTOM_ROLES = "iam.roles"
DELETED = "deleted"
"""In a custom role's status: when it was deleted."""
RECORDED = Path(__file__).with_name("predefined_roles.json")
OWNER = "roles/owner"
"""Includes all that is in question here, so its thousands of permissions are not recorded."""


class UnknownRoleError(Exception):
    """A predefined role whose permissions are not recorded."""

    def __init__(self, role: str) -> None:
        super().__init__(f"the permissions of {role} are not in {RECORDED.name}: add them, with their source")


def includes(role: str, permission: str, store: ResourceStore) -> bool:
    """Whether a role includes a permission. A custom role that is not declared includes none."""
    if role == OWNER:
        return True
    if role.startswith("roles/"):
        return permission in predefined().get(role, frozenset())
    declared = store.get(CUSTOM_ROLES, role)
    if declared is None or is_deleted(declared):
        return False
    return permission in declared.resource.get("includedPermissions", ())


def is_deleted(role: Record) -> bool:
    """Whether a custom role was deleted. It keeps its id for a while, in which it can be undeleted."""
    return DELETED in role.status


def permissions_of(role: str) -> Collection[str]:
    """The permissions of a predefined role. Raises UnknownRoleError."""
    if role not in predefined():
        raise UnknownRoleError(role)
    return predefined()[role]


@cache
def predefined() -> dict[str, frozenset[str]]:
    """Predefined role → its permissions, as recorded."""
    recorded = json.loads(RECORDED.read_text())["roles"]
    return {role: frozenset(permissions) for role, permissions in recorded.items()}
