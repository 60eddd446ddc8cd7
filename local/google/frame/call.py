"""One call of a method: who makes it, with which parameters and body, and in which world."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.google.frame import masks
from local.google.frame.access_tokens import Caller
from local.google.frame.methods import Method
from local.resource_store import Record, ResourceStore
from local.services.enabled_apis import project_number
from local.services.google_errors import GoogleError
from local.world import World

Body = dict[str, Any]
TIMES = {"created": "createTime", "updated": "updateTime"}
"""What a record's status has → what Google calls it."""


@dataclass(frozen=True)
class Call:
    """What a handler works with."""

    world: World
    store: ResourceStore
    caller: Caller
    method: Method
    given: dict[str, str]
    """All parameters. Names of resources have the project's id, even if they were sent with its number."""
    body: Body
    cleared: frozenset[str] = frozenset()
    """The fields that were sent as null, which in Cloud Storage's updates takes them away."""

    @property
    def project(self) -> str:
        """The world's project."""
        return self.world.project

    @property
    def number(self) -> int:
        """The number of the world's project."""
        return project_number(self.world.project)

    def numbered(self, name: str) -> str:
        """A name with the project's number in place of its id, as some APIs answer."""
        return name.replace(f"projects/{self.project}/", f"projects/{self.number}/", 1)

    def record(self, kind: str, name: str) -> Record:
        """The record of that name. Raises GoogleError 404."""
        found = self.store.get(kind, name)
        if found is None:
            raise GoogleError(404, f"Resource '{name}' was not found.")
        return found

    def within(self, kind: str, parent: str) -> list[Record]:
        """The records whose names lie below that of the parent."""
        return [each for each in self.store.list(kind) if each.name.startswith(f"{parent}/")]

    def updated(self, before: Body, *immutable: str) -> Body:
        """The resource after this call's update, by its mask."""
        return masks.updated(before, self.body, self.mask, immutable=immutable)

    @property
    def mask(self) -> str:
        """The update mask; empty if there is none."""
        return self.given.get("updateMask") or self.given.get("update_mask") or ""


def times_of(record: Record) -> Body:
    """When the resource was made and changed, as far as its record says so."""
    return {field: record.status[key] for key, field in TIMES.items() if key in record.status}


def now() -> str:
    """The present time in Google's form."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def without(body: Body, names: Collection[str]) -> Body:
    """The body without the fields of these names."""
    return {name: value for name, value in body.items() if name not in names}
