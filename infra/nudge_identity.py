"""Who the host is when it asks for a sync: workload identity federation instead of a key on a server.

The host signs a short-lived token with a key that never leaves it; the pool's provider knows the public half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra import service_accounts
from infra.cloud_function import CloudFunction
from infra.names import NUDGE_ACCOUNT, NUDGE_POOL, NUDGE_PROVIDER
from infra.settings import Settings

SUBJECT = "django"
"""The `sub` of the host's token: the only one that may act as the nudge's account."""


@dataclass(frozen=True)
class NudgeIdentity:
    """What Django needs to know to sign in; nothing of it is secret."""

    issuer: str
    subject: str
    provider: pulumi.Output[str]
    service_account: pulumi.Output[str]


def declare(
    settings: Settings, sync: CloudFunction, jwks: pulumi.Input[str], after: Sequence[pulumi.Resource]
) -> NudgeIdentity:
    """Trust the host's public keys (a JWKS as JSON), and let what they sign call `sync`."""
    opts = pulumi.ResourceOptions(depends_on=after)
    account = service_accounts.account(settings, NUDGE_ACCOUNT, "Asks for a sync after a change", opts)
    issuer = f"https://{settings.linode.domains[0]}"
    pool = _pool(settings, opts)
    provider = _provider(settings, pool, issuer, jwks)
    gcp.serviceaccount.IAMMember(
        "nudge-acts-as-its-account",
        service_account_id=account.name,
        role="roles/iam.workloadIdentityUser",
        member=pulumi.Output.concat("principal://iam.googleapis.com/", pool.name, "/subject/", SUBJECT),
        opts=pulumi.ResourceOptions(depends_on=[provider]),
    )
    sync.allow("nudge", service_accounts.member(account))
    return NudgeIdentity(
        issuer, SUBJECT, pulumi.Output.concat("//iam.googleapis.com/", provider.name), account.email
    )


def _pool(settings: Settings, opts: pulumi.ResourceOptions) -> gcp.iam.WorkloadIdentityPool:
    return gcp.iam.WorkloadIdentityPool(
        "nudge-pool",
        project=settings.project,
        workload_identity_pool_id=NUDGE_POOL,
        display_name="The Debian host",
        opts=opts,
    )


def _provider(
    settings: Settings, pool: gcp.iam.WorkloadIdentityPool, issuer: str, jwks: pulumi.Input[str]
) -> gcp.iam.WorkloadIdentityPoolProvider:
    return gcp.iam.WorkloadIdentityPoolProvider(
        "nudge-provider",
        project=settings.project,
        workload_identity_pool_id=NUDGE_POOL,
        workload_identity_pool_provider_id=NUDGE_PROVIDER,
        display_name="Django on the host",
        attribute_mapping={"google.subject": "assertion.sub"},
        attribute_condition=f"assertion.sub == '{SUBJECT}'",
        # With the keys given here, Google never asks the issuer for them: it is only compared.
        oidc={"issuer_uri": issuer, "jwks_json": jwks},
        opts=pulumi.ResourceOptions(depends_on=[pool]),
    )
