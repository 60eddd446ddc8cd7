"""What earlier runs of `pulumi up` have made or begun to make, from the stack's own state.

Pulumi notes each creation before it asks for it. If it dies before the answer, the resource may be there
without Pulumi knowing, and creating it again is refused.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pulumi

PATIENCE_SECONDS = 60


class Creation(NamedTuple):
    """A resource by type and logical name."""

    type: str
    name: str


@dataclass(frozen=True)
class Recorded:
    """What the state says."""

    begun: frozenset[Creation] = frozenset()
    """Creations whose end nobody knows."""
    made: Mapping[Creation, str] = field(default_factory=dict)
    """What the stack has, each with its id."""
    replaced: frozenset[Creation] = frozenset()
    """What was deleted so that it could be made again, and Pulumi does not know that it was."""
    is_known: bool = True
    """Whether the state could be read."""


def recorded() -> Recorded:
    """The stack's state. If it cannot be read, nothing is recorded, and a warning says so."""
    names = (pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack())
    command = ["pulumi", "stack", "export", "--stack", "/".join(names), "--non-interactive"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE_SECONDS)
        return of_state(json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        pulumi.log.warn(f"what an interrupted run has left is not known: {error}")
        return Recorded(is_known=False)


def of_state(state: dict[str, Any]) -> Recorded:
    """What an exported state says. A creation of which Pulumi has learned since counts as made."""
    deployment = state.get("deployment") or {}
    pending = deployment.get("pending_operations") or []
    resources = deployment.get("resources") or []
    begun = [each["resource"] for each in pending if each["type"] == "creating"]
    return Recorded(
        begun=frozenset(_creation(each) for each in begun if not _has(resources, each)),
        made={_creation(each): each.get("id", "") for each in resources if not _is_to_go(each)},
        replaced=frozenset(_creation(each) for each in resources if each.get("pendingReplacement")),
    )


def _creation(resource: dict[str, Any]) -> Creation:
    return Creation(resource["type"], resource["urn"].split("::", 3)[3])


def _is_to_go(resource: dict[str, Any]) -> bool:
    """Whether it is there only until its replacement is."""
    return bool(resource.get("delete") or resource.get("pendingReplacement"))


def _has(resources: list[dict[str, Any]], begun: dict[str, Any]) -> bool:
    """Whether the state has what was begun, and not only what it was to replace."""
    return any(
        each["urn"] == begun["urn"]
        and each.get("inputs") == begun.get("inputs")
        and not each.get("pendingReplacement")
        for each in resources
    )
