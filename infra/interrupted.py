"""What an earlier `pulumi up` had begun to create when it was cut off, from the stack's own state.

Pulumi notes each creation before it asks for it. If it dies before the answer, the resource may be there
without Pulumi knowing, and creating it again is refused.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any, NamedTuple

import pulumi

PATIENCE_SECONDS = 60


class Creation(NamedTuple):
    """A resource by type and logical name."""

    type: str
    name: str


def interrupted_creations() -> frozenset[Creation]:
    """The creations whose end nobody knows. Empty, with a warning, if the state cannot be read."""
    names = (pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack())
    command = ["pulumi", "stack", "export", "--stack", "/".join(names), "--non-interactive"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS)
        return of_state(json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        pulumi.log.warn(f"what an interrupted run has left is not known: {error}")
        return frozenset()


def of_state(state: dict[str, Any]) -> frozenset[Creation]:
    """The pending creations in an exported state, but for those of which Pulumi has learned since."""
    deployment = state.get("deployment") or {}
    pending = deployment.get("pending_operations") or []
    resources = deployment.get("resources") or []
    begun = [each["resource"] for each in pending if each["type"] == "creating"]
    return frozenset(
        Creation(each["type"], each["urn"].split("::", 3)[3]) for each in begun if not _has(resources, each)
    )


def _has(resources: list[dict[str, Any]], begun: dict[str, Any]) -> bool:
    """Whether the state has what was begun, and not only what it was to replace."""
    return any(
        each["urn"] == begun["urn"]
        and each.get("inputs") == begun.get("inputs")
        and not each.get("pendingReplacement")
        for each in resources
    )
