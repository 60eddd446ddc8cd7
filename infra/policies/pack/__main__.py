"""The policies as a policy pack: the engine asks them during `pulumi preview` and `pulumi up`.

Owns the translation between CrossGuard and the project's own policies; the rules are in `infra/policies/`.
Every rule is mandatory. Runs in an environment of its own (see pyproject.toml), where this is all that uses
more than the standard library.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

# The pack's own folder is first on the path; the policies are imported from the root, as everywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from infra.policies import POLICIES, DeclaredResource, NotKnownYet, Policy, ProgramPolicy

NAME = "ekklesia"


def pack_policy(policy: Policy) -> ResourceValidationPolicy | StackValidationPolicy:
    """The policy as the engine takes it."""

    def report(resources: Sequence[DeclaredResource], report_violation: ReportViolation) -> None:
        for violation in policy.violations(resources):
            report_violation(str(violation), violation.urn)

    def on_resource(resource: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        report([declared(resource.resource_type, resource)], report_violation)

    def on_program(stack: StackValidationArgs, report_violation: ReportViolation) -> None:
        report([declared(each.resource_type, each) for each in stack.resources], report_violation)

    description = f"Source: {policy.source}."
    if isinstance(policy, ProgramPolicy):
        return StackValidationPolicy(policy.name, description, on_program)
    return ResourceValidationPolicy(policy.name, description, on_resource)


def declared(resource_type: str, resource: ResourceValidationArgs | PolicyResource) -> DeclaredResource:
    """The resource as the policies see it."""
    inputs = known(resource.props, resource.urn)
    return DeclaredResource(resource_type, resource.name, inputs, resource.urn)


def known(value: Any, place: str) -> Any:
    """A copy of a value of the resource at `place`; what a preview cannot know in it is marked as such."""
    if isinstance(value, Mapping):
        return {key: _item(value, key, place) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_item(value, index, place) for index in range(len(value))]
    return value


def _item(container: Any, key: str | int, place: str) -> Any:
    path = f"{place}.{key}"
    try:
        return known(container[key], path)
    except UnknownValueError:
        return NotKnownYet(f"not known yet: {path}")


if __name__ == "__main__":
    PolicyPack(
        NAME,
        [pack_policy(policy) for policy in POLICIES],
        enforcement_level=EnforcementLevel.MANDATORY,
    )
