"""Reads the JSON that Pulumi sends the host's tasks on standard input."""

from __future__ import annotations

import json
from typing import Any

from deploy.remote.errors import DeployError


def section(text: str, name: str, wanted: str) -> dict[str, Any] | None:
    """One object of the JSON; None if it is not there. Raises DeployError, which says what is `wanted`."""
    try:
        content = json.loads(text)
        found = content.get(name)
    except (ValueError, AttributeError) as error:
        raise DeployError(f"this task wants JSON on standard input: {wanted}") from error
    if found is not None and not isinstance(found, dict):
        raise DeployError(f"`{name}` must be an object of names and values")
    return found
