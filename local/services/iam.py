"""Answers who may do what, from the program's IAM bindings.

A member is written as in a binding: `serviceAccount:EMAIL`, `user:EMAIL`, `principal://…`. A role on the
project holds for everything in it. A binding of a service account that does not exist grants nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from local.resource_store import ResourceStore

BINDINGS = "iam.bindings"
SERVICE_ACCOUNTS = "iam.serviceAccounts"
EVERYONE = "allUsers"
EVERYONE_SIGNED_IN = "allAuthenticatedUsers"
INVOKER = "roles/run.invoker"
DATASTORE_USER = "roles/datastore.user"
EVENT_RECEIVER = "roles/eventarc.eventReceiver"
IMPERSONATOR = "roles/iam.serviceAccountTokenCreator"
OPEN_ID_IMPERSONATOR = "roles/iam.serviceAccountOpenIdTokenCreator"
WORKLOAD_IDENTITY_USER = "roles/iam.workloadIdentityUser"
OWNER = "roles/owner"
SETTLED = 50_000_000
"""Nanoseconds after which two changes in a folder surely have different times."""

INCLUDED_IN = {
    INVOKER: (INVOKER, "roles/run.admin", OWNER),
    DATASTORE_USER: (DATASTORE_USER, "roles/datastore.owner", OWNER),
}
"""Role → the roles that include its permissions, as in Google's table of predefined roles."""


class Policies:
    """The present bindings of one world; the program may change them at any time."""

    def __init__(self, store: ResourceStore) -> None:
        self._store = store
        self._bindings: list[dict[str, str]] = []
        self._read_at = 0
        """When the bindings were read, in nanoseconds since the epoch."""

    def may(self, members: Iterable[str], role: str, target: str) -> bool:
        """Whether a caller who counts as each of `members` (see `identities`) holds the role on the target.

        `target` is a full REST name: `projects/P/locations/R/services/NAME`.
        """
        scopes = {target, project_of(target)}
        roles = INCLUDED_IN.get(role, (role,))
        present = {member for member in members if self._exists(member)}
        return any(
            binding["target"] in scopes and binding["role"] in roles and binding["member"] in present
            for binding in self._current_bindings()
        )

    def is_public(self, role: str, target: str) -> bool:
        """Whether everyone holds the role on the target, even without signing in."""
        return self.may([EVERYONE], role, target)

    def service_account_exists(self, email: str) -> bool:
        """Whether the program declares that account and does not disable it."""
        record = self._store.get(SERVICE_ACCOUNTS, service_account_name(email))
        return record is not None and not record.resource.get("disabled", False)

    def _current_bindings(self) -> list[dict[str, str]]:
        """All bindings, which are read again only if their folder has changed."""
        folder = self._store.folder / BINDINGS
        changed_at = folder.stat().st_mtime_ns if folder.exists() else 0
        if changed_at + SETTLED > self._read_at:
            self._read_at = time.time_ns()
            self._bindings = [record.resource for record in self._store.list(BINDINGS)]
        return self._bindings

    def _exists(self, member: str) -> bool:
        kind, _, email = member.partition(":")
        return kind != "serviceAccount" or self.service_account_exists(email)


def identities(member: str) -> frozenset[str]:
    """All members of a binding that mean this signed-in member."""
    return frozenset({EVERYONE, EVERYONE_SIGNED_IN, member})


def project_of(target: str) -> str:
    """The project of a resource: `projects/P` of `projects/P/secrets/S`."""
    return "/".join(target.split("/")[:2])


def bucket_target(project: str, bucket: str) -> str:
    """The target of a role on a bucket."""
    return f"projects/{project}/buckets/{bucket}"


def service_account_name(email: str) -> str:
    """An account's full REST name, from its address `ID@PROJECT.iam.gserviceaccount.com`."""
    project = email.partition("@")[2].partition(".")[0]
    return f"projects/{project}/serviceAccounts/{email}"
