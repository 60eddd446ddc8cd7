"""What a policy is, and how a program is held to a set of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class NotKnownYet(str):
    """A value that a preview cannot know, since Google makes it up; `pulumi up` has the value itself judged.

    The text says which value it is, so no two are equal.
    """

    __slots__ = ()


@dataclass(frozen=True)
class DeclaredResource:
    """A resource as the engine is asked for it: inputs in Pulumi's own spelling (`serviceConfig`)."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    urn: str = ""
    """The engine's own name for it; empty if no engine runs."""


Resources = Sequence[DeclaredResource]
Complaint = tuple[DeclaredResource | None, str]
"""The resource at fault (None: the program lacks one), and what is wrong."""


@dataclass(frozen=True)
class Violation:
    """A rule that one resource breaks."""

    policy: str
    source: str
    resource: str
    message: str
    urn: str

    def __str__(self) -> str:
        return f"{self.resource}: {self.message} ({self.policy}, {self.source})"


@dataclass(frozen=True)
class ResourcePolicy:
    """A rule for each resource by itself, so the engine can refuse a resource before it touches it.

    `source` is the public benchmark's id (CIS GCP 3.0, Checkov) if one has the rule. `find` says what is
    wrong with one resource. `types` are those in question (`gcp:storage/bucket:Bucket`); empty: all.
    """

    name: str
    source: str
    find: Callable[[DeclaredResource], Iterable[str]]
    types: tuple[str, ...] = ()

    def violations(self, resources: Resources) -> Iterator[Violation]:
        """Each resource that breaks the rule, with what is wrong."""
        for resource in of_type(resources, *self.types) if self.types else resources:
            for message in self.find(resource):
                yield Violation(self.name, self.source, resource.name, message, resource.urn)


@dataclass(frozen=True)
class ProgramPolicy:
    """A rule that only the whole program shows: what is missing, or what two resources share."""

    name: str
    source: str
    find: Callable[[Resources], Iterable[Complaint]]

    def violations(self, resources: Resources) -> Iterator[Violation]:
        """Each resource that breaks the rule, with what is wrong."""
        for resource, message in self.find(resources):
            name, urn = (resource.name, resource.urn) if resource else ("the program", "")
            yield Violation(self.name, self.source, name, message, urn)


Policy = ResourcePolicy | ProgramPolicy


def check(policies: Iterable[Policy], resources: Resources) -> list[Violation]:
    """Hold the resources to each policy; an empty list is a pass."""
    return [violation for policy in policies for violation in policy.violations(resources)]


def of_type(resources: Resources, *types: str) -> Iterator[DeclaredResource]:
    """The resources of these types (`gcp:storage/bucket:Bucket`)."""
    return (resource for resource in resources if resource.type in types)
