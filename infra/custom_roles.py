"""Roles of the project's own: one for each kind of thing that an account does, with what its code calls.

Google's predefined roles allow more: `roles/firebaseauth.admin` changes how people sign in, and
`roles/datastore.user` reads every database. `tests/functions/entry_points/test_permissions.py` holds what is
declared here against what the functions call, both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_gcp as gcp

from infra import service_accounts
from infra.settings import Settings

MAKE_USERS, READ_USERS, CHANGE_USERS, REMOVE_USERS = (
    f"firebaseauth.users.{verb}" for verb in ("create", "get", "update", "delete")
)
"""Changing a user is setting claims and revoking refresh tokens, too."""
READ, QUERY, CREATE, UPDATE, DELETE = (
    f"datastore.entities.{verb}" for verb in ("get", "list", "create", "update", "delete")
)
"""On documents. A query reads what it finds, so it needs READ, too; a write without a precondition needs
CREATE and UPDATE."""
TRANSACT: Final = "datastore.databases.get"
SIGN: Final = "iam.serviceAccounts.signBlob"


def declare(
    settings: Settings, role_id: str, title: str, permissions: Sequence[str], opts: pulumi.ResourceOptions
) -> gcp.projects.IAMCustomRole:
    """A role with exactly these permissions."""
    return gcp.projects.IAMCustomRole(
        role_id,
        project=settings.project,
        role_id=role_id,
        title=title,
        permissions=sorted(permissions),
        opts=opts,
    )


def grant_on_project(
    settings: Settings,
    holder: gcp.serviceaccount.Account,
    what: str,
    permissions: Sequence[str],
    opts: pulumi.ResourceOptions,
) -> gcp.projects.IAMMember:
    """Give an account permissions on the whole project; `what` they are for names the role."""
    name = holder.pulumi_resource_name
    role = declare(settings, _role_id(name, what), f"{name}: {what}", permissions, opts)
    return gcp.projects.IAMMember(
        f"{name}-{what}",
        project=settings.project,
        role=role.name,
        member=service_accounts.member(holder),
        opts=opts,
    )


def grant_on_database(
    settings: Settings,
    holder: gcp.serviceaccount.Account,
    database: str,
    permissions: Sequence[str],
    opts: pulumi.ResourceOptions,
) -> gcp.projects.IAMMember:
    """Give an account permissions on the documents of one database and of no other."""
    name, what = holder.pulumi_resource_name, f"documents of {database}"
    label = f"documents-of-{database.strip('()')}"
    role = declare(settings, _role_id(name, label), f"{name}: {what}", permissions, opts)
    return gcp.projects.IAMMember(
        f"{name}-{label}",
        project=settings.project,
        role=role.name,
        member=service_accounts.member(holder),
        condition=gcp.projects.IAMMemberConditionArgs(
            title=what, expression=f'resource.name == "projects/{settings.project}/databases/{database}"'
        ),
        opts=opts,
    )


def _role_id(account: str, what: str) -> str:
    """A role's id takes no hyphens."""
    return f"{account}_{what}".replace("-", "_")
