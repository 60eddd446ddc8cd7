"""What a policy is, and how a program is held to a set of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DeclaredResource:
    """A resource as the engine is asked for it: inputs in Pulumi's own spelling (`serviceConfig`)."""

    type: str
    name: str
    inputs: Mapping[str, Any]


Resources = Sequence[DeclaredResource]
Complaint = tuple[str, str]
"""The name of the resource at fault, and what is wrong with it."""


@dataclass(frozen=True)
class Policy:
    """One rule. `source` is the public benchmark's id (CIS GCP 3.0, Checkov) where one has it."""

    name: str
    source: str
    find: Callable[[Resources], Iterable[Complaint]]


@dataclass(frozen=True)
class Violation:
    """A rule that one resource breaks."""

    policy: str
    source: str
    resource: str
    message: str

    def __str__(self) -> str:
        return f"{self.resource}: {self.message} ({self.policy}, {self.source})"


def check(policies: Iterable[Policy], resources: Resources) -> list[Violation]:
    """Hold the resources to each policy; an empty list is a pass."""
    return [
        Violation(policy.name, policy.source, name, message)
        for policy in policies
        for name, message in policy.find(resources)
    ]


def of_type(resources: Resources, *types: str) -> Iterator[DeclaredResource]:
    """The resources of these types (`gcp:storage/bucket:Bucket`)."""
    return (resource for resource in resources if resource.type in types)
