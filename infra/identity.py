"""Firebase Authentication (Identity Platform): the domains on which people may log in."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.settings import Settings


def declare(settings: Settings, after: Sequence[pulumi.Resource]) -> gcp.identityplatform.Config:
    """Members sign in with custom tokens only, so no other way of signing in is switched on."""
    return gcp.identityplatform.Config(
        "identity-platform",
        project=settings.project,
        authorized_domains=settings.authorized_domains,
        opts=pulumi.ResourceOptions(depends_on=after),
    )
