"""Identities: service accounts, and the project-wide roles they hold.

`cloud_function.py` says who may call a function, `secret_manager.py` who may read a secret.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.names import member_of
from infra.settings import Settings


def account(
    settings: Settings, account_id: str, purpose: str, opts: pulumi.ResourceOptions
) -> gcp.serviceaccount.Account:
    """A service account for one task, which `purpose` names."""
    return gcp.serviceaccount.Account(
        account_id, project=settings.project, account_id=account_id, display_name=purpose, opts=opts
    )


def member(holder: gcp.serviceaccount.Account) -> pulumi.Output[str]:
    """The account as IAM writes it in a binding."""
    return holder.email.apply(member_of)


def grant_on_project(
    settings: Settings,
    holder: gcp.serviceaccount.Account,
    roles: Sequence[str],
    opts: pulumi.ResourceOptions,
) -> list[gcp.projects.IAMMember]:
    """Give an account roles on the whole project; use it only for roles that have no narrower place."""
    return [
        gcp.projects.IAMMember(
            f"{holder.pulumi_resource_name}-{role.removeprefix('roles/')}",
            project=settings.project,
            role=role,
            member=member(holder),
            opts=opts,
        )
        for role in roles
    ]
