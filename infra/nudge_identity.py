"""The site's identity when it asks for a sync: a service account that may call only that function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra import service_accounts
from infra.cloud_function import CloudFunction
from infra.host_identity import HostPool, Subject
from infra.names import NUDGE_ACCOUNT, NUDGE_PROVIDER
from infra.settings import Settings


@dataclass(frozen=True)
class NudgeIdentity:
    """What Django needs to identify itself; none of it is secret."""

    subject: Subject
    service_account: pulumi.Output[str]


def declare(
    settings: Settings,
    sync: CloudFunction,
    pool: HostPool,
    jwks: pulumi.Input[str],
    after: Sequence[pulumi.Resource],
) -> NudgeIdentity:
    """Trust the site's public keys (a JWKS as JSON), and let tokens that they signed call `sync`."""
    opts = pulumi.ResourceOptions(depends_on=after)
    account = service_accounts.account(settings, NUDGE_ACCOUNT, "Asks for a sync after a change", opts)
    subject = pool.subject("nudge", NUDGE_PROVIDER, "Django on the host", jwks)
    pool.let_act_as("nudge", subject, account)
    sync.allow("nudge", service_accounts.member(account))
    return NudgeIdentity(subject, account.email)
