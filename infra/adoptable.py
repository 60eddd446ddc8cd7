"""The kinds of resources that can be taken over: where Google tells of one, and its id of import.

Three kinds of types are missing on purpose. Bindings and audit logs are added to what exists, and fields are
changed in place, so creating them collides with nothing. Objects and versions of secrets are replaced by new
ones. Rules are released by a command (`google_apis/rules.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from infra.google_apis.existing import DELETED, Existing, Found

Arguments = Mapping[str, Any]
Matches = Callable[[Arguments, Found], bool]
POOL = "projects/{project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}"
DATABASE = "projects/{project}/databases/{database}"


@dataclass(frozen=True)
class Kind:
    """One type of resource. Templates are written with the resource's own arguments."""

    api: str
    version: str
    name: str
    """Template of the REST name."""
    import_id: str = ""
    """Template of the id; the REST name if it is empty."""
    state: tuple[str, str] | None = None
    """A property, and the value with which the resource counts as there; None if each does."""
    is_made_once: bool = False
    """Whether Google never lets a second one be made, not even after a deletion, or makes it by itself."""
    fixed: tuple[str, ...] = ()
    """What of it never changes, in Google's spelling, so that one which differs cannot be taken over."""
    in_the_making: str | None = None
    """The state in which its creation goes on, even if nobody waits for it any more."""
    is_of_no_use: Callable[[Found], bool] = lambda _found: False
    """Whether it has never worked and would not begin to: it is deleted, so that it can be made again."""
    holds_nothing: bool = False
    """Whether nothing is lost if it is deleted and made again."""

    def find(self, existing: Existing, arguments: Arguments) -> tuple[str, Found] | None:
        """Import id and REST resource of the existing one; None if there is none."""
        name = filled(self.name, arguments)
        import_id = filled(self.import_id or self.name, arguments)
        if name is None or import_id is None:
            return None
        path = f"{self.version}/{name}"
        found = self._settled(existing, path)
        if found and found.get("state") == DELETED and self.is_made_once:
            existing.restore(self.api, path)
        elif found and self.is_of_no_use(found):
            existing.delete(self.api, path, "has never worked")
            return None
        elif found is None or self._is_off(found):
            return None
        return import_id, found

    def remove(self, existing: Existing, arguments: Arguments) -> None:
        """Delete the existing one, which an interrupted run made in place of another: it is made again."""
        name = filled(self.name, arguments)
        path = f"{self.version}/{name}"
        if self.holds_nothing and name is not None and self._settled(existing, path):
            existing.delete(self.api, path, "was made by a run that was interrupted")

    def _settled(self, existing: Existing, path: str) -> Found | None:
        """What is there, once it is no longer being made."""
        found = existing.get(self.api, path)
        if found and self.in_the_making and found.get("state") == self.in_the_making:
            return existing.finished(self.api, path, self.in_the_making)
        return found

    def _is_off(self, found: Found) -> bool:
        """Whether it counts as not there. The provider itself undeletes a role of the project's own."""
        if found.get("deleted"):
            return True
        return self.state is not None and found.get(self.state[0]) != self.state[1]


@dataclass(frozen=True)
class Listed:
    """One type of resource whose id Google invents, found among its like."""

    api: str
    version: str
    parent: str
    """Template of the REST name of the collection."""
    key: str
    """Under which the answer has the list."""
    matches: Matches
    is_made_once: bool = False
    fixed: tuple[str, ...] = ()

    def find(self, existing: Existing, arguments: Arguments) -> tuple[str, Found] | None:
        """Import id and REST resource of the existing one; None if there is none."""
        parent = filled(self.parent, arguments)
        answer = existing.get(self.api, f"{self.version}/{parent}") if parent else None
        for found in (answer or {}).get(self.key, []):
            if self.matches(arguments, found):
                return str(found["name"]), found
        return None


def filled(template: str, arguments: Arguments) -> str | None:
    """The template with the arguments; None if one of them is not known yet."""
    used = {name for _, name, _, _ in Formatter().parse(template) if name}
    known = {name: arguments[name] for name in used if isinstance(arguments.get(name), str)}
    return template.format_map(known) if known.keys() == used else None


def _same_index(arguments: Arguments, found: Found) -> bool:
    """Google adds the document's name as the last field of each index."""
    wanted = [(field.field_path, field.order, field.array_config) for field in arguments.get("fields", [])]
    there = [
        (field["fieldPath"], field.get("order"), field.get("arrayConfig"))
        for field in found.get("fields", [])
        if field["fieldPath"] != "__name__"
    ]
    return wanted == there and arguments.get("query_scope") == found.get("queryScope")


def _same_recurrence(arguments: Arguments, found: Found) -> bool:
    return ("dailyRecurrence" in found) == (arguments.get("daily_recurrence") is not None)


def _same_title(arguments: Arguments, found: Found) -> bool:
    return arguments.get("display_name") == found.get("displayName")


def _failed_at_first(found: Found) -> bool:
    """A function whose first build or start has failed. Pulumi would take it over and only read it."""
    return found.get("state") == "FAILED" and not found.get("serviceConfig", {}).get("uri")


KINDS: dict[str, Kind | Listed] = {
    "gcp:projects/service:Service": Kind(
        "serviceusage",
        "v1",
        "projects/{project}/services/{service}",
        "{project}/{service}",
        state=("state", "ENABLED"),
    ),
    "gcp:serviceaccount/account:Account": Kind(
        "iam", "v1", "projects/{project}/serviceAccounts/{account_id}@{project}.iam.gserviceaccount.com"
    ),
    "gcp:projects/iAMCustomRole:IAMCustomRole": Kind("iam", "v1", "projects/{project}/roles/{role_id}"),
    "gcp:firestore/database:Database": Kind(
        "firestore", "v1", "projects/{project}/databases/{name}", fixed=("locationId", "type")
    ),
    "gcp:firestore/index:Index": Listed(
        "firestore", "v1", f"{DATABASE}/collectionGroups/{{collection}}/indexes", "indexes", _same_index
    ),
    "gcp:firestore/backupSchedule:BackupSchedule": Listed(
        "firestore", "v1", f"{DATABASE}/backupSchedules", "backupSchedules", _same_recurrence
    ),
    "gcp:secretmanager/secret:Secret": Kind("secretmanager", "v1", "projects/{project}/secrets/{secret_id}"),
    "gcp:artifactregistry/repository:Repository": Kind(
        "artifactregistry", "v1", "projects/{project}/locations/{location}/repositories/{repository_id}"
    ),
    "gcp:storage/bucket:Bucket": Kind("storage", "storage/v1", "b/{name}", "{project}/{name}"),
    "gcp:cloudfunctionsv2/function:Function": Kind(
        "cloudfunctions",
        "v2",
        "projects/{project}/locations/{location}/functions/{name}",
        in_the_making="DEPLOYING",
        is_of_no_use=_failed_at_first,
        holds_nothing=True,
    ),
    "gcp:cloudscheduler/job:Job": Kind(
        "cloudscheduler", "v1", "projects/{project}/locations/{region}/jobs/{name}"
    ),
    "gcp:firebase/webApp:WebApp": Listed(
        "firebase", "v1beta1", "projects/{project}/webApps", "apps", _same_title
    ),
    "gcp:firebase/hostingSite:HostingSite": Kind(
        "firebasehosting", "v1beta1", "projects/{project}/sites/{site_id}", is_made_once=True
    ),
    "gcp:identityplatform/config:Config": Kind(
        "identitytoolkit", "v2", "projects/{project}/config", is_made_once=True
    ),
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": Kind("iam", "v1", POOL, is_made_once=True),
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": Kind(
        "iam", "v1", f"{POOL}/providers/{{workload_identity_pool_provider_id}}", is_made_once=True
    ),
}
"""Resource type → its kind."""
