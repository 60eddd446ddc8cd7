"""Answers who may do what, from the program's IAM bindings.

A member is written as in a binding: `serviceAccount:EMAIL`, `user:EMAIL`, `principal://…`. A role on the
project holds for everything in it, but for what its condition excludes. A binding of a service account that
does not exist grants nothing, and neither does one that is not yet in force.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

import cel

from local.resource_store import Record, ResourceStore
from local.services.iam_roles import includes
from local.services.in_force import is_in_force
from local.services.service_agents import agent_exists

BINDINGS = "iam.bindings"
SERVICE_ACCOUNTS = "iam.serviceAccounts"
EVERYONE = "allUsers"
EVERYONE_SIGNED_IN = "allAuthenticatedUsers"
INVOKE = "run.routes.invoke"
RECEIVE_EVENTS = "eventarc.events.receiveEvent"
ACT_AS = "iam.serviceAccounts.actAs"
GET_ACCESS_TOKEN = "iam.serviceAccounts.getAccessToken"  # noqa: S105 # nosec B105 - the name of a permission
GET_ID_TOKEN = "iam.serviceAccounts.getOpenIdToken"  # noqa: S105 # nosec B105 - the name of a permission
ACCESS_SECRET = "secretmanager.versions.access"  # noqa: S105 # nosec B105 - the name of a permission
GET_OBJECT, LIST_OBJECTS, CREATE_OBJECT = (f"storage.objects.{verb}" for verb in ("get", "list", "create"))
SETTLED = 50_000_000
"""Nanoseconds after which two changes in a folder surely have different times."""


class Policies:
    """The present bindings of one world; the program may change them at any time."""

    def __init__(self, store: ResourceStore) -> None:
        self._store = store
        self._bindings: list[Record] = []
        self._read_at = 0
        """When the bindings were read, in nanoseconds since the epoch."""

    def may(self, members: Iterable[str], permission: str, target: str, name: str | None = None) -> bool:
        """Whether a caller who counts as each of `members` (see `identities`) holds the permission.

        `target` is the full REST name of what a binding may be on: `projects/P/locations/R/services/NAME`.
        `name` is that of the resource in question as conditions know it; by default the target's.
        """
        scopes = ancestry(target)
        present = {member for member in members if self._exists(member)}
        return any(
            binding["target"] in scopes
            and binding["member"] in present
            and includes(binding["role"], permission, self._store)
            and holds(binding.get("condition"), name or target)
            for binding in self._bindings_in_force()
        )

    def is_public(self, permission: str, target: str) -> bool:
        """Whether everyone holds the permission on the target, even without signing in."""
        return self.may([EVERYONE], permission, target)

    def service_account_exists(self, email: str) -> bool:
        """Whether the program declares that account and does not disable it."""
        record = self._store.get(SERVICE_ACCOUNTS, service_account_name(email))
        return record is not None and not record.resource.get("disabled", False)

    def _bindings_in_force(self) -> Iterator[dict[str, Any]]:
        return (record.resource for record in self._current_bindings() if is_in_force(record))

    def _current_bindings(self) -> list[Record]:
        """All bindings, which are read again only if their folder has changed."""
        folder = self._store.folder / BINDINGS
        changed_at = folder.stat().st_mtime_ns if folder.exists() else 0
        if changed_at + SETTLED > self._read_at:
            self._read_at = time.time_ns()
            self._bindings = list(self._store.list(BINDINGS))
        return self._bindings

    def _exists(self, member: str) -> bool:
        kind, _, email = member.partition(":")
        is_account = kind == "serviceAccount"
        return not is_account or self.service_account_exists(email) or agent_exists(self._store, email)


def identities(member: str) -> frozenset[str]:
    """All members of a binding that mean this signed-in member."""
    return frozenset({EVERYONE, EVERYONE_SIGNED_IN, member})


def holds(condition: str | None, name: str) -> bool:
    """Whether a binding's condition (CEL) is true of the resource of that name. An error counts as false."""
    if not condition:
        return True
    try:
        return cel.evaluate(condition, {"resource": {"name": name}}) is True
    except (ValueError, TypeError, KeyError, RuntimeError):
        return False


def ancestry(target: str) -> frozenset[str]:
    """A resource and all that it is in: `projects/P` and `projects/P/secrets/S` of a secret's version."""
    parts = target.split("/")
    return frozenset("/".join(parts[:end]) for end in range(2, len(parts) + 1, 2)) | {target}


def bucket_target(project: str, bucket: str) -> str:
    """The target of a role on a bucket."""
    return f"projects/{project}/buckets/{bucket}"


def bucket_name(bucket: str, item: str = "") -> str:
    """The name by which conditions know a bucket, or an object in it."""
    return f"projects/_/buckets/{bucket}" + (f"/objects/{item}" if item else "")


def service_account_name(email: str) -> str:
    """An account's full REST name, from its address `ID@PROJECT.iam.gserviceaccount.com`."""
    project = email.partition("@")[2].partition(".")[0]
    return f"projects/{project}/serviceAccounts/{email}"
