"""The interface of a resource type to the provider that serves it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from local.provider.difference import Change, changes, is_within
from local.provider.properties import Path, Properties, Value

Inputs = Mapping[str, Value]
Outputs = dict[str, Value]


class ProviderError(Exception):
    """A resource cannot be made as declared; the message is for the person who declared it."""


class HalfMadeError(ProviderError):
    """A resource was made and then failed: it stays in the stack with its id, and the run fails."""

    def __init__(self, reason: str, resource_id: str, outputs: Outputs) -> None:
        super().__init__(reason)
        self.resource_id = resource_id
        self.outputs = outputs


@dataclass(frozen=True)
class Problem:
    """An input that is not acceptable, found before anything is done."""

    property: str
    reason: str


@dataclass(frozen=True)
class Urn:
    """A resource's place in a stack: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`."""

    text: str

    @property
    def stack(self) -> str:
        """The stack's name, which is the world's."""
        return self.text.split("::")[0].removeprefix("urn:pulumi:")

    @property
    def type(self) -> str:
        """The resource's type without those of its parents."""
        return self.text.split("::")[2].rsplit("$", 1)[-1]

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.text.split("::", 3)[3]


@dataclass(frozen=True)
class Call:
    """A call for one resource, with the settings of its provider."""

    urn: Urn
    settings: Mapping[str, str]
    """The provider's own configuration, such as the default project."""
    say: Callable[[str], None]
    """Shows a line to the person who is waiting, beside the resource's name."""
    cancelled: Callable[[], bool]
    """Whether the person has interrupted the run."""


class ResourceType(ABC):
    """One type of resource: its checks, its preview and its operations."""

    pulumi_type: ClassVar[str]
    """Pulumi's name of the type: `gcp:storage/bucket:Bucket`."""

    def complete(self, call: Call, inputs: Inputs, before: Inputs, seed: bytes) -> Outputs:
        """The inputs with their defaults. `before`: those of the last time; `seed` makes an invented name."""
        return dict(inputs)

    def check(self, call: Call, inputs: Inputs) -> Iterable[Problem]:
        """The problems of the inputs. Unknown values are no problem."""
        return ()

    def differences(self, call: Call, state: Inputs, old: Inputs, new: Inputs) -> Iterator[Change]:
        """What would change, from the outputs (`state`) and inputs (`old`) of the last time to new inputs."""
        for change in changes(dict(old), dict(new)):
            yield replace(change, replaces=is_within(change.pattern, self.immutable))

    immutable: ClassVar[frozenset[str]] = frozenset()
    """The properties that cannot change in a resource, written as `serviceConfig.region`."""

    def deletes_first(self, inputs: Inputs) -> bool:
        """Whether a replacement deletes the old resource first. `inputs`: the completed ones."""
        return False

    def secret_outputs(self, outputs: Inputs, inputs: Properties) -> Iterator[Path]:
        """The outputs that are secret beside those whose inputs are."""
        yield from ()

    @abstractmethod
    def preview(self, call: Call, inputs: Inputs, old: Inputs | None) -> Outputs:
        """The outputs that are known before anything is done. `old`: the outputs before an update."""

    @abstractmethod
    def create(self, call: Call, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the resource; return its id and outputs.

        A failure leaves nothing behind, unless it is HalfMadeError, which says what was left.
        """

    @abstractmethod
    def update(self, call: Call, resource_id: str, old: Inputs, new: Inputs) -> Outputs:
        """Change the resource from the old outputs to the new inputs. A failure changes nothing."""

    @abstractmethod
    def delete(self, call: Call, resource_id: str, outputs: Inputs) -> None:
        """Delete the resource and end all that it started."""

    @abstractmethod
    def read(self, call: Call, resource_id: str, outputs: Inputs) -> tuple[str, Inputs, Outputs] | None:
        """The resource with this id: id, inputs and outputs; None if there is none."""
