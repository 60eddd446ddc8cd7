"""Secret Manager: the secrets, their current versions, and who may read which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra import service_accounts
from infra.settings import Secrets, Settings


@dataclass(frozen=True)
class StoredSecret:
    """A secret and its current version. Its readers are pinned to that version."""

    secret_id: str
    secret: gcp.secretmanager.Secret
    version: gcp.secretmanager.SecretVersion

    def readable_by(
        self, settings: Settings, reader: gcp.serviceaccount.Account, opts: pulumi.ResourceOptions
    ) -> gcp.secretmanager.SecretIamMember:
        """Let one account read this secret and no other."""
        return gcp.secretmanager.SecretIamMember(
            f"{reader.pulumi_resource_name}-reads-{self.secret_id}",
            project=settings.project,
            secret_id=self.secret.secret_id,
            role="roles/secretmanager.secretAccessor",
            member=service_accounts.member(reader),
            opts=opts,
        )


@dataclass(frozen=True)
class SecretManager:
    """The system's secrets."""

    kenni_client_secret: StoredSecret
    erased_keys_key: StoredSecret
    """Of the HMACs on the list of erased keys; never replaced."""
    api_tokens: Mapping[str, StoredSecret]
    """Function → the secret with its token."""
    mail_password: StoredSecret | None
    """Nothing in the cloud reads it: `pulumi up` gives it to the host."""


def declare(settings: Settings, secrets: Secrets, after: Sequence[pulumi.Resource]) -> SecretManager:
    """Declare the secrets, with the values that the stack's settings hold encrypted."""
    return SecretManager(
        kenni_client_secret=_store(settings, "kenni-client-secret", secrets.kenni_client_secret, after),
        erased_keys_key=_store(settings, "erased-keys-key", secrets.erased_keys_key, after),
        api_tokens={
            function: _store(settings, f"{function.replace('_', '-')}-api-token", token, after)
            for function, token in secrets.api_tokens.items()
        },
        mail_password=_store(settings, "mail-password", secrets.mail_password, after)
        if secrets.mail_password
        else None,
    )


def _store(
    settings: Settings, secret_id: str, value: pulumi.Output[str], after: Sequence[pulumi.Resource]
) -> StoredSecret:
    secret = gcp.secretmanager.Secret(
        secret_id,
        project=settings.project,
        secret_id=secret_id,
        replication={"user_managed": {"replicas": [{"location": settings.region}]}},
        opts=pulumi.ResourceOptions(
            depends_on=after,
            protect=settings.protect,
            retain_on_delete=settings.protect,
            # A secret that somebody made by hand is where Google put it, and no secret can move.
            ignore_changes=["replication"],
        ),
    )
    version = gcp.secretmanager.SecretVersion(secret_id, secret=secret.id, secret_data=value)
    return StoredSecret(secret_id, secret, version)
