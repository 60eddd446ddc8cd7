"""IAM bindings: one role of one member on one target.

A record is named `TARGET|ROLE|MEMBER`. Who may do what by them is answered by `local.services.iam`.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

import cel

from local.google.frame.discovery import SchemaName
from local.provider.gcp.google_error import invalid, not_found
from local.provider.gcp.google_resource import Body, GoogleResource, full_name
from local.provider.gcp.scope import Operation, Scope
from local.provider.properties import UNKNOWN, is_unknown
from local.provider.resource_type import Inputs, Outputs, Problem
from local.services.buckets import BUCKETS
from local.services.iam import BINDINGS, SERVICE_ACCOUNTS, bucket_target, service_account_name
from local.services.iam_roles import CUSTOM_ROLES, OWNER, UnknownRoleError, predefined

ROLE = re.compile(r"(roles|projects/[^/]+/roles|organizations/\d+/roles)/[A-Za-z0-9_.]{3,64}")
MEMBER = re.compile(
    r"allUsers|allAuthenticatedUsers"
    r"|(user|group|serviceAccount):[^\s:@]+@[a-z0-9.-]+|domain:[a-z0-9.-]+"
    r"|(principal|principalSet)://iam\.googleapis\.com/\S+"
    r"|project(Owner|Editor|Viewer):[a-z0-9-]+"
)


def require_account(operation: Operation, email: str) -> None:
    """Raise Google's error if one of the project's own service accounts does not exist."""
    own = email.endswith(f"@{operation.scope.project}.iam.gserviceaccount.com")
    if own and operation.store.get(SERVICE_ACCOUNTS, service_account_name(email)) is None:
        raise invalid(f"Service account {email} does not exist.")


def require_role(operation: Operation, role: str) -> None:
    """Raise Google's error if a role does not exist. A predefined one must be recorded here."""
    if role.startswith("roles/"):
        if role != OWNER and role not in predefined():
            raise invalid(str(UnknownRoleError(role)))
    elif operation.store.get(CUSTOM_ROLES, role) is None:
        raise invalid(f"Role ({role}) does not exist in the resource's hierarchy.")


class IamMember(GoogleResource):
    """One member's role on one target."""

    kind = BINDINGS
    takes_condition: ClassVar[bool] = False
    """Whether a condition may narrow the role. Everywhere else nothing is narrower than the target."""
    schema = SchemaName("cloudresourcemanager.v1", "Binding")
    name_template = "{role}{member}"
    outputs = ("etag",)

    @abstractmethod
    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The full REST name of the role's target."""

    def is_there(self, operation: Operation, target: str) -> bool:
        """Whether the target exists."""
        return True

    def name(self, scope: Scope, inputs: Inputs) -> str:
        """`TARGET|ROLE|MEMBER`, and `|TITLE` of a condition."""
        title = (inputs.get("condition") or {}).get("title")
        binding = f"{self.target(scope, inputs)}|{inputs.get('role')}|{inputs.get('member')}"
        return f"{binding}|{title}" if title else binding

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """A binding of a policy."""
        condition = {"condition": inputs["condition"]} if inputs.get("condition") else {}
        return {"role": inputs["role"], "members": [inputs["member"]], **condition}

    def recorded(self, scope: Scope, inputs: Inputs) -> Body:
        """The binding as the services read it."""
        target = self.target(scope, inputs)
        expression = (inputs.get("condition") or {}).get("expression")
        return {
            "target": target,
            "role": inputs["role"],
            "member": inputs["member"],
            **({"condition": expression} if expression else {}),
        }

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Roles and members that cannot exist."""
        role, member = str(inputs["role"]), str(inputs["member"])
        if not is_unknown(role) and not ROLE.fullmatch(role):
            yield Problem("role", f"Role {role} is not a role's name, such as roles/run.invoker")
        if not is_unknown(member) and not MEMBER.fullmatch(member):
            yield Problem("member", f"Invalid principal {member}: it needs a type, such as serviceAccount:")
        yield from self._condition_problems(inputs.get("condition"))

    def _condition_problems(self, condition: Inputs | None) -> Iterator[Problem]:
        """Conditions that cannot be evaluated, or not of a resource's name."""
        if condition is None or is_unknown(condition.get("expression")):
            return
        if not self.takes_condition:
            yield Problem("condition", "the local provider evaluates conditions of roles on the project only")
        try:
            truth = cel.evaluate(str(condition["expression"]), {"resource": {"name": ""}})
        except (ValueError, TypeError, KeyError, RuntimeError) as error:
            yield Problem("condition", f"the local provider knows `resource.name` only: {error}")
        else:
            if not isinstance(truth, bool):
                yield Problem("condition", "Condition expression must evaluate to a boolean")

    def demand(self, operation: Operation, inputs: Inputs) -> None:
        """The target, the role and the member must exist."""
        target = self.target(operation.scope, inputs)
        require_role(operation, inputs["role"])
        if not self.is_there(operation, target):
            raise not_found(target)
        kind, _, address = inputs["member"].partition(":")
        if kind == "serviceAccount":
            require_account(operation, address)

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """The etag, which nobody uses here, so it is always the same."""
        return {"etag": ""}

    def name_of_import(self, scope: Scope, resource_id: str) -> str:
        """`TARGET ROLE MEMBER`, as Terraform has it, or the record's own name."""
        return resource_id.replace(" ", "|")


class ProjectMember(IamMember):
    """A role on the whole project."""

    pulumi_type = "gcp:projects/iAMMember:IAMMember"
    immutable = frozenset({"condition"})
    takes_condition = True
    apis = ("cloudresourcemanager.googleapis.com",)
    required = ("role", "member")

    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The project."""
        return f"projects/{scope.project}"


class ServiceAccountMember(IamMember):
    """A role on a service account: who may act as it."""

    pulumi_type = "gcp:serviceaccount/iAMMember:IAMMember"
    apis = ("iam.googleapis.com",)
    required = ("serviceAccountId", "role", "member")
    immutable = frozenset({"serviceAccountId"})

    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The account by its full name."""
        return str(inputs.get("serviceAccountId", UNKNOWN))

    def is_there(self, operation: Operation, target: str) -> bool:
        """Whether the account exists."""
        return operation.store.get(SERVICE_ACCOUNTS, target) is not None


class SecretMember(IamMember):
    """A role on one secret: who may read it."""

    pulumi_type = "gcp:secretmanager/secretIamMember:SecretIamMember"
    apis = ("secretmanager.googleapis.com",)
    required = ("secretId", "role", "member")
    immutable = frozenset({"secretId"})

    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The secret by its full name."""
        return full_name(str(inputs.get("secretId", UNKNOWN)), f"projects/{scope.project}/secrets/")

    def is_there(self, operation: Operation, target: str) -> bool:
        """Whether the secret exists."""
        return operation.store.get("secretmanager.secrets", target) is not None


class BucketMember(IamMember):
    """A role on one bucket: who may add to it or read it."""

    pulumi_type = "gcp:storage/bucketIAMMember:BucketIAMMember"
    apis = ("storage.googleapis.com",)
    required = ("bucket", "role", "member")
    immutable = frozenset({"bucket"})

    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The bucket under its project, whose roles hold for it too."""
        return bucket_target(scope.project, str(inputs.get("bucket", UNKNOWN)))

    def is_there(self, operation: Operation, target: str) -> bool:
        """Whether the bucket exists."""
        return operation.store.get(BUCKETS, f"b/{target.rsplit('/', 1)[-1]}") is not None

    def _defaults(self, scope: Scope) -> Outputs:
        return {}


class ServiceMember(IamMember):
    """A role on a Cloud Run service: who may call a function."""

    pulumi_type = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"
    apis = ("run.googleapis.com",)
    required = ("name", "role", "member")
    immutable = frozenset({"name", "location"})

    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The service by its full name."""
        prefix = f"projects/{scope.project}/locations/{scope.region}/services/"
        return full_name(str(inputs.get("name", UNKNOWN)), prefix)

    def is_there(self, operation: Operation, target: str) -> bool:
        """Whether the service exists."""
        return operation.store.get("run.services", target) is not None
