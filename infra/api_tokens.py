"""The tokens with which functions call Django's API, as Django on the host knows them: by their digest."""

from __future__ import annotations

import pulumi

from deploy.remote.api_callers import digest_of
from infra.settings import Secrets


def digests(secrets: Secrets) -> pulumi.Output[dict[str, str]]:
    """Function → the SHA-256 of its token. No token itself gets to the host."""
    return pulumi.Output.all(
        **{name: token.apply(digest_of) for name, token in secrets.api_tokens.items()}
    ).apply(dict)
