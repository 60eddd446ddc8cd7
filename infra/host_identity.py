"""Who the Debian host is to Google: workload identity federation instead of keys on a server.

A program on the host signs a short-lived token with a key that never leaves the host. A provider of the pool
knows the public half, and accepts that key for one subject only. So the site's key, which the site can read,
cannot speak for the backup; only root can read the backup's key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra.names import HOST_POOL
from infra.settings import Settings


@dataclass(frozen=True)
class Subject:
    """One program on the host, as Google knows it. Its tokens contain `issuer` and `subject`."""

    issuer: str
    subject: str
    provider: gcp.iam.WorkloadIdentityPoolProvider

    @property
    def audience(self) -> pulumi.Output[str]:
        """The provider's full name, as the security token service expects it."""
        return pulumi.Output.concat("//iam.googleapis.com/", self.provider.name)


class HostPool:
    """The pool of the host's identities."""

    def __init__(self, settings: Settings, after: Sequence[pulumi.Resource]) -> None:
        self._settings = settings
        self._opts = pulumi.ResourceOptions(depends_on=after)
        self._pool = gcp.iam.WorkloadIdentityPool(
            "nudge-pool",
            project=settings.project,
            workload_identity_pool_id=HOST_POOL,
            display_name="The Debian host",
            opts=self._opts,
        )

    def subject(self, name: str, provider_id: str, title: str, jwks: pulumi.Input[str]) -> Subject:
        """Trust these public keys (a JWKS as JSON) for one subject, named like its provider."""
        issuer = f"https://{self._settings.linode.domains[0]}"
        provider = gcp.iam.WorkloadIdentityPoolProvider(
            f"{name}-provider",
            project=self._settings.project,
            workload_identity_pool_id=HOST_POOL,
            workload_identity_pool_provider_id=provider_id,
            display_name=title,
            attribute_mapping={"google.subject": "assertion.sub"},
            attribute_condition=f"assertion.sub == '{provider_id}'",
            # Google has the keys from here, so it never fetches them from the issuer.
            oidc={"issuer_uri": issuer, "jwks_json": jwks},
            opts=pulumi.ResourceOptions(depends_on=[self._pool]),
        )
        return Subject(issuer, provider_id, provider)

    def let_act_as(
        self, name: str, subject: Subject, account: gcp.serviceaccount.Account
    ) -> gcp.serviceaccount.IAMMember:
        """Let the subject get tokens of the account."""
        return gcp.serviceaccount.IAMMember(
            f"{name}-acts-as-its-account",
            service_account_id=account.name,
            role="roles/iam.workloadIdentityUser",
            member=pulumi.Output.concat(
                "principal://iam.googleapis.com/", self._pool.name, "/subject/", subject.subject
            ),
            opts=pulumi.ResourceOptions(depends_on=[subject.provider]),
        )
