"""What any program must hold to, whoever edits it next: checks over the declared resources.

A policy is a pure function from the declared resources to the violations found. The tests run them over this
program; CrossGuard can run them over any.
"""

from infra.policies.all_policies import POLICIES
from infra.policies.policy import DeclaredResource, Policy, Violation, check

__all__ = ["POLICIES", "DeclaredResource", "Policy", "Violation", "check"]
