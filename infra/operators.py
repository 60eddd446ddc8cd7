"""The people who may decide what is held from the command line, each named in the stack's settings.

Each has an account of their own, which may call `operatordecision` and nothing else. Only that person's
Google identity may get identity tokens of it, so the function and its log know who decided. There is no key.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra import service_accounts
from infra.cloud_function import CloudFunction
from infra.names import OPERATOR_PREFIX
from infra.settings import Settings

TOKENS_ONLY = "roles/iam.serviceAccountOpenIdTokenCreator"
"""Identity tokens and no access tokens: with it nobody can reach any API as that account."""


def declare(settings: Settings, decision: CloudFunction, after: Sequence[pulumi.Resource]) -> None:
    """Declare the account of each operator, who may act as it, and that it may call the function."""
    opts = pulumi.ResourceOptions(depends_on=after)
    for name, email in sorted(settings.operators.items()):
        account_id = f"{OPERATOR_PREFIX}{name}"
        account = service_accounts.account(settings, account_id, f"Decides what is held, as {name}", opts)
        gcp.serviceaccount.IAMMember(
            f"{account_id}-is-{name}",
            service_account_id=account.name,
            role=TOKENS_ONLY,
            member=f"user:{email}",
        )
        decision.allow(account_id, service_accounts.member(account))
