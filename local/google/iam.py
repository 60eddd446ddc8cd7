"""IAM v1: service accounts, the project's own roles, and Google's predefined ones.

`iam_pools.py` has the workload identity pools of the same API.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from local.google.frame import masks, policies
from local.google.frame.api import Api
from local.google.frame.call import Body, Call, now, without
from local.google.frame.etags import etag_of, require_seen
from local.google.frame.pages import page
from local.google.frame.treatment import treatment_of
from local.resource_store import Record
from local.services.google_errors import (
    GoogleError,
    already_exists,
    failed_precondition,
    invalid,
    not_found,
)
from local.services.iam import SERVICE_ACCOUNTS
from local.services.iam_roles import CUSTOM_ROLES, DELETED, is_deleted, permissions_of, predefined
from local.services.in_force import in_force_after, is_in_force

API = Api("iam.v1")
ACCOUNT_ID = re.compile(r"[a-z]([-a-z0-9]{4,28}[a-z0-9])")
ROLE_ID = re.compile(r"[A-Za-z0-9_.]{3,64}")
PERMISSION = re.compile(r"[a-z]+(\.[A-Za-z]+){2}")
LONGEST_TITLE = 100
LONGEST_DESCRIPTION = 256
UNIQUE_ID_DIGITS = 21


@API.serves("projects.serviceAccounts.create")
def create_account(call: Call) -> Body:
    """Make an account; its address contains its id."""
    account_id = call.body.get("accountId", "")
    if not ACCOUNT_ID.fullmatch(account_id):
        raise invalid(f"The account ID {account_id!r} must match {ACCOUNT_ID.pattern}, 6 to 30 characters.")
    account = call.body.get("serviceAccount", {})
    _require_short(account)
    name = f"projects/{call.project}/serviceAccounts/{account_id}@{call.project}.iam.gserviceaccount.com"
    if call.store.get(SERVICE_ACCOUNTS, name):
        raise already_exists(f"Service account {account_id} already exists within project {name}.")
    treatment = treatment_of(call.world)
    late = in_force_after(treatment.seconds(treatment.identities, name))
    record = Record(SERVICE_ACCOUNTS, name, {**account, "name": name}, late)
    call.store.put(record)
    return _account(call, record)


@API.serves("projects.serviceAccounts.get")
def get_account(call: Call) -> Body:
    """One account."""
    return _account(call, _existing_account(call))


@API.serves("projects.serviceAccounts.list")
def list_accounts(call: Call) -> Body:
    """The project's own accounts."""
    found = filter(is_in_force, call.store.list(SERVICE_ACCOUNTS))
    return page((_account(call, record) for record in found), "accounts", call.given)


@API.serves("projects.serviceAccounts.patch")
def patch_account(call: Call) -> Body:
    """Change the name that is shown, or the description."""
    before, sent = _existing_account(call), call.body.get("serviceAccount", {})
    _require_short(sent)
    changeable = {key: sent[key] for key in ("displayName", "description") if key in sent}
    after = masks.updated(before.resource, changeable, call.body.get("updateMask", ""))
    return _put_account(call, before, after)


@API.serves("projects.serviceAccounts.update")
def update_account(call: Call) -> Body:
    """The older form of `patch`, which changes the shown name alone."""
    before = _existing_account(call)
    return _put_account(call, before, {**before.resource, "displayName": call.body.get("displayName", "")})


@API.serves("projects.serviceAccounts.enable", "projects.serviceAccounts.disable")
def enable_or_disable_account(call: Call) -> Body:
    """Let an account act, or not."""
    before = _existing_account(call)
    after = {key: value for key, value in before.resource.items() if key != "disabled"}
    _put_account(call, before, {**after, "disabled": True} if call.method.id.endswith("disable") else after)
    return {}


@API.serves("projects.serviceAccounts.delete")
def delete_account(call: Call) -> Body:
    """Delete an account. What was granted to it grants nothing any more."""
    record = _existing_account(call)
    policies.forget_policy(call, record.name)
    call.store.delete(SERVICE_ACCOUNTS, record.name)
    return {}


policies.serve(API, "projects.serviceAccounts", lambda call: _existing_account(call, "resource").name)


@API.serves("projects.roles.create")
def create_role(call: Call) -> Body:
    """Make a role of the project's own."""
    role_id, role = call.body.get("roleId", ""), call.body.get("role", {})
    if not ROLE_ID.fullmatch(role_id):
        raise invalid(f"The role_id {role_id} must match {ROLE_ID.pattern}.")
    _require_role(role)
    name = f"{call.given['parent']}/roles/{role_id}"
    before = call.store.get(CUSTOM_ROLES, name)
    if before and is_deleted(before):
        raise failed_precondition(
            f"You can't create a role with role_id ({role_id}) where there is an existing role with that "
            "role_id in a deleted state."
        )
    if before:
        raise already_exists(f"A role named {role_id} in {call.given['parent']} already exists.")
    record = Record(CUSTOM_ROLES, name, role)
    call.store.put(record)
    return _role(record)


@API.serves("projects.roles.get")
def get_role(call: Call) -> Body:
    """One role of the project's own."""
    return _role(_existing_role(call))


@API.serves("projects.roles.list")
def list_roles(call: Call) -> Body:
    """The project's own roles; deleted ones only if asked for."""
    with_deleted = call.given.get("showDeleted") == "true"
    found = (each for each in call.store.list(CUSTOM_ROLES) if with_deleted or not is_deleted(each))
    return page(map(_role, found), "roles", call.given)


@API.serves("projects.roles.patch")
def patch_role(call: Call) -> Body:
    """Change a role by a mask."""
    before = _existing_role(call)
    if is_deleted(before):
        raise failed_precondition(
            f"You can't update role {before.name}, which is deleted. Undelete it first."
        )
    require_seen(call.body.get("etag"), etag_of(before.resource))
    sent = {key: value for key, value in call.body.items() if key not in ("name", "etag")}
    after = masks.updated(before.resource, sent, call.given.get("updateMask", ""))
    _require_role(after)
    record = Record(CUSTOM_ROLES, before.name, after, before.status)
    call.store.put(record)
    return _role(record)


@API.serves("projects.roles.delete")
def delete_role(call: Call) -> Body:
    """Delete a role. What it granted is granted no more; its id stays taken, and it can be undeleted."""
    record = _existing_role(call)
    if is_deleted(record):
        raise failed_precondition(f"{record.name} is already deleted.")
    return _put_role(call, record, {**record.status, DELETED: now()})


@API.serves("projects.roles.undelete")
def undelete_role(call: Call) -> Body:
    """Take a deletion back."""
    record = _existing_role(call)
    if not is_deleted(record):
        raise failed_precondition(f"{record.name} is not deleted.")
    return _put_role(call, record, without(record.status, (DELETED,)))


@API.serves("roles.get", permission="")
def get_predefined(call: Call) -> Body:
    """One of Google's roles, if its permissions are recorded here."""
    name = call.given["name"]
    if name not in predefined():
        raise not_found(name)
    return {"name": name, "title": name, "includedPermissions": sorted(permissions_of(name)), "stage": "GA"}


@API.serves("roles.list", permission="")
def list_predefined(call: Call) -> Body:
    """Google's roles that are recorded here."""
    return page(({"name": name, "title": name} for name in predefined()), "roles", call.given)


def _existing_account(call: Call, parameter: str = "name") -> Record:
    """The account in the path, by its address or its unique id."""
    name = call.given[parameter]
    found = call.store.get(SERVICE_ACCOUNTS, name)
    for record in [] if found else call.store.list(SERVICE_ACCOUNTS):
        if name.rsplit("/", 1)[-1] == _unique_id(record):
            return record
    if found is None or not is_in_force(found):
        raise GoogleError(404, f"Unknown service account: {name}.")
    return found


def _put_account(call: Call, before: Record, resource: Body) -> Body:
    record = Record(SERVICE_ACCOUNTS, before.name, resource, before.status)
    call.store.put(record)
    return _account(call, record)


def _account(call: Call, record: Record) -> Body:
    unique_id = _unique_id(record)
    return {
        **record.resource,
        "name": record.name,
        "projectId": call.project,
        "email": record.name.rsplit("/", 1)[-1],
        "uniqueId": unique_id,
        "oauth2ClientId": unique_id,
        "etag": etag_of(record.resource),
    }


def _unique_id(record: Record) -> str:
    digest = int(hashlib.sha256(record.name.encode()).hexdigest(), 16)
    return f"1{digest % 10 ** (UNIQUE_ID_DIGITS - 1):0{UNIQUE_ID_DIGITS - 1}}"


def _require_short(account: Mapping[str, str]) -> None:
    if len(account.get("displayName", "")) > LONGEST_TITLE:
        raise invalid(f"The display name has more than {LONGEST_TITLE} characters.")
    if len(account.get("description", "")) > LONGEST_DESCRIPTION:
        raise invalid(f"The description has more than {LONGEST_DESCRIPTION} characters.")


def _existing_role(call: Call) -> Record:
    found = call.store.get(CUSTOM_ROLES, call.given["name"])
    if found is None:
        raise GoogleError(404, f"The role named {call.given['name']} was not found.")
    return found


def _require_role(role: Body) -> None:
    if len(role.get("title", "")) > LONGEST_TITLE:
        raise invalid(f"The title has more than {LONGEST_TITLE} characters.")
    for permission in role.get("includedPermissions", []):
        if not PERMISSION.fullmatch(permission):
            raise invalid(f"Permission {permission} is not valid.")


def _put_role(call: Call, before: Record, status: Body) -> Body:
    record = Record(CUSTOM_ROLES, before.name, before.resource, status)
    call.store.put(record)
    return _role(record)


def _role(record: Record) -> Body:
    deleted = {"deleted": True} if is_deleted(record) else {}
    return {**record.resource, "name": record.name, "etag": etag_of(record.resource), **deleted}
