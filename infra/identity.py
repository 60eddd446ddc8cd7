"""Firebase Authentication (Identity Platform): the domains on which people may log in, and how.

Members sign in with custom tokens, which the log-in makes for users that it has made. Nobody signs up.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra.settings import Settings


def declare(settings: Settings, after: Sequence[pulumi.Resource]) -> gcp.identityplatform.Config:
    """Declare that people sign in with custom tokens alone, and that they make and delete no users.

    What is not declared keeps what somebody once set by hand, so each way to sign in is named.
    """
    return gcp.identityplatform.Config(
        "identity-platform",
        project=settings.project,
        authorized_domains=settings.authorized_domains,
        sign_in={
            "email": {"enabled": False},
            "phone_number": {"enabled": False},
            "anonymous": {"enabled": False},
            "allow_duplicate_emails": False,
        },
        client={"permissions": {"disabled_user_signup": True, "disabled_user_deletion": True}},
        opts=pulumi.ResourceOptions(depends_on=after),
    )
