"""Our own provider without an engine: its types are called as the engine would call them."""

from __future__ import annotations

from typing import Any

from local.provider.bridge.defaults import plain
from local.provider.gcp.catalogue import TYPES
from local.provider.resource_type import Call, Urn
from local.world import World

BY_TYPE = {each.pulumi_type: each for each in TYPES}


class Provider:
    """The provider, without an engine."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.made: list[tuple[str, str, dict[str, Any]]] = []

    def call(self, kind: str, name: str = "one") -> Call:
        settings = {"project": self._world.project, "region": self._world.region}
        urn = Urn(f"urn:pulumi:{self._world.name}::ekklesia::{kind}::{name}")
        return Call(urn, settings, say=lambda _line: None, cancelled=lambda: False)

    def create(self, kind: str, called: str = "one", /, **inputs: Any) -> tuple[str, dict[str, Any]]:
        resource_id, outputs = BY_TYPE[kind].create(self.call(kind, called), self.complete(kind, inputs))
        self.made.append((kind, resource_id, outputs))
        return resource_id, outputs

    def read(self, kind: str, resource_id: str, outputs: dict[str, Any] | None = None) -> Any:
        return BY_TYPE[kind].read(self.call(kind), resource_id, outputs or {})

    def update(self, kind: str, resource_id: str, old: dict[str, Any], **inputs: Any) -> dict[str, Any]:
        return BY_TYPE[kind].update(self.call(kind), resource_id, old, self.complete(kind, inputs))

    def complete(self, kind: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """The inputs as an operation gets them."""
        completed: dict[str, Any] = plain(BY_TYPE[kind].complete(self.call(kind), inputs, {}, b""))
        return completed

    def delete_all(self) -> None:
        for kind, resource_id, outputs in reversed(self.made):
            BY_TYPE[kind].delete(self.call(kind), resource_id, outputs)
        self.made.clear()
