"""What any program must hold to, whoever edits it next: checks over the declared resources.

A policy is a pure function from what is declared to what is wrong with it. The tests run them over this
program without an engine; the policy pack in `pack/` runs the same ones in `pulumi preview` and `pulumi up`.
The pack has an environment of its own, so nothing here imports more than the standard library.
"""

from infra.policies.all_policies import POLICIES
from infra.policies.policy import (
    DeclaredResource,
    NotKnownYet,
    Policy,
    ProgramPolicy,
    ResourcePolicy,
    Violation,
    check,
)

__all__ = [
    "POLICIES",
    "DeclaredResource",
    "NotKnownYet",
    "Policy",
    "ProgramPolicy",
    "ResourcePolicy",
    "Violation",
    "check",
]
