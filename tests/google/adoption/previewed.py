"""What `pulumi preview` says that an adoption would change, by the names of the inventory."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.google.adoption.inventory import GONE, Inventory, changes

HARMLESS = frozenset({"create", "import", "update", "same", "read"})
PULUMIS_OWN = frozenset({"deletionPolicy"})
"""Properties that Google knows nothing of."""
FOLLOWING = frozenset({"updateTime", "userUpdateTime", "etag", "versionRetentionPeriod"})
"""Fields that only Google sets, after any change."""
RULES = "rules/cloud.firestore"
RULES_RELEASE = "firestore-rules"
OPEN = re.compile(r"warning: (\w+) can be called by")


@dataclass(frozen=True)
class Preview:
    """One preview, from its JSON."""

    steps: list[dict[str, Any]]
    messages: list[str]

    @classmethod
    def parse(cls, text: str) -> Preview:
        """Read what `pulumi preview --json` prints."""
        told = json.loads(text)
        return cls(told["steps"], [each["message"] for each in told.get("diagnostics", [])])

    @property
    def fields(self) -> dict[str, set[str]]:
        """Resource → the fields that the `up` would change in it."""
        told = {
            "/".join(step["oldState"]["id"].split("/")[-2:]): set(step["diffReasons"]) - PULUMIS_OWN
            for step in self.steps
            if step["op"] == "update"
        }
        releases = any(step["urn"].endswith(f"::{RULES_RELEASE}") for step in self.steps)
        return told | ({RULES: {"files", "rulesetName"}} if releases else {})

    @property
    def left_open(self) -> set[str]:
        """The functions of which it warns that everybody may call them."""
        return {name for message in self.messages for name in OPEN.findall(message)}

    def broken_promises(self, before: Inventory, after: Inventory) -> list[str]:
        """How what has happened differs from what was told, a line for each resource."""
        happened = {
            name: {path.partition(".")[0] for path in paths} - FOLLOWING
            for name, paths in changes(before, after).items()
        }
        told = self.fields
        return [
            f"{name}: {sorted(told.get(name, ()))} were to change, {sorted(happened.get(name, ()))} did"
            for name in sorted(told.keys() | happened.keys())
            if told.get(name, set()) != happened.get(name, set())
        ]

    @property
    def destructive(self) -> list[str]:
        """Steps that would delete or replace something."""
        return [f"{step['op']} {step['urn']}" for step in self.steps if step["op"] not in HARMLESS]


def gone(before: Inventory, after: Inventory) -> list[str]:
    """What was there and is not any more."""
    return sorted(name for name, paths in changes(before, after).items() if paths == {GONE})
