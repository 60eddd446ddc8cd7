"""The project and region of a resource, and the world in which an operation happens."""

from __future__ import annotations

from dataclasses import dataclass

from local.provider.properties import UNKNOWN, is_unknown
from local.provider.resource_type import Call, Inputs, ProviderError
from local.services.enabled_apis import project_number
from local.world import PROJECT_PREFIX, World


@dataclass(frozen=True)
class Scope:
    """The facts of which a resource's name and body are made. A preview knows them too."""

    project: str
    region: str

    @classmethod
    def of(cls, call: Call, inputs: Inputs) -> Scope:
        """The scope from the inputs, or else from the provider's settings."""
        project = inputs.get("project") or call.settings.get("project")
        if not project:
            raise ProviderError("no project: set gcp:project or the resource's `project`")
        region = inputs.get("region") or inputs.get("location") or call.settings.get("region") or ""
        return cls(str(project), str(region))

    @property
    def number(self) -> int | str:
        """The project's number, unknown while the project is."""
        return UNKNOWN if is_unknown(self.project) else project_number(self.project)


@dataclass(frozen=True)
class Operation:
    """The context of an operation that really creates, changes or deletes a resource."""

    scope: Scope
    world: World

    @classmethod
    def begin(cls, call: Call, scope: Scope) -> Operation:
        """Begin in the world of the resource's stack. Refuses all that could be meant for a real project."""
        if not scope.project.startswith(PROJECT_PREFIX):
            raise ProviderError(
                f"the local provider touches only projects whose id starts with `{PROJECT_PREFIX}`, "
                f"and {scope.project!r} does not: use the root project for a real one"
            )
        world = World.load(call.urn.stack)
        if world.project != scope.project:
            raise ProviderError(
                f"world {world.name!r} has the project {world.project!r}, not {scope.project!r}"
            )
        return cls(scope, world)
