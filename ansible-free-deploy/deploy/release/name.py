"""The name of a release: the hash of its content and the time at which it was made."""

from __future__ import annotations

import re

from deploy.remote.errors import DeployError

HASH_LENGTH = 12
"""How much of the content's hash a name begins with."""
NAME = re.compile(rf"[0-9a-f]{{{HASH_LENGTH}}}-\d{{8}}T\d{{6}}Z")


def check_name(name: str) -> str:
    """The name itself. Raises DeployError for one that no release can have."""
    if not NAME.fullmatch(name):
        raise DeployError(f"{name!r} is no name of a release; `fab releases` lists them")
    return name


def tree_hash_of(name: str) -> str:
    """The content's hash out of a release's name."""
    return name.partition("-")[0]
