"""IAM bindings: one role of one member on one target. Each is a part of the target's policy."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import ClassVar

import cel

from local.google.frame.discovery import SchemaName
from local.google.frame.policy_checks import MEMBER
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_error import not_found
from local.provider.gcp.google_resource import Body, full_name
from local.provider.gcp.policy_change import PolicyOf
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.properties import UNKNOWN, is_unknown
from local.provider.resource_type import Inputs, Outputs, Problem
from local.services.iam import BINDINGS, bucket_target

ROLE = re.compile(r"(roles|projects/[^/]+/roles|organizations/\d+/roles)/[A-Za-z0-9_.]{3,64}")
Change = Callable[[list[Body]], list[Body]]
BINDING_ID = re.compile(
    r"(?P<target>.+?)[/ ](?P<role>((projects|organizations)/[^/]+/)?roles/[^/ ]+)[/ ](?P<member>\S+)"
    r"( (?P<title>.+))?"
)


class IamMember(RestResource):
    """One member's role on one target. It is named `TARGET|ROLE|MEMBER`, and `|TITLE` of a condition."""

    kind = BINDINGS
    of: ClassVar[str]
    """The input that names the target."""
    policy: ClassVar[tuple[str, str]]
    """The API and the collection whose methods read and replace the policy."""
    takes_condition: ClassVar[bool] = False
    """Whether a condition may narrow the role. Everywhere else nothing is narrower than the target."""
    schema = SchemaName("cloudresourcemanager.v1", "Binding")
    name_template = "{role}{member}"
    outputs = ("etag",)

    @abstractmethod
    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The full REST name of the role's target."""

    def resource(self, target: str) -> str:
        """How the API's methods name the target."""
        return target

    def name(self, scope: Scope, inputs: Inputs) -> str:
        """`TARGET|ROLE|MEMBER`, and `|TITLE` of a condition."""
        title = (inputs.get("condition") or {}).get("title")
        binding = f"{self.target(scope, inputs)}|{inputs.get('role')}|{inputs.get('member')}"
        return f"{binding}|{title}" if title else binding

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """A binding of a policy."""
        condition = {"condition": inputs["condition"]} if inputs.get("condition") else {}
        return {"role": inputs["role"], "members": [inputs["member"]], **condition}

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

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Add the member to the policy."""
        name, wanted = self.name(scope, inputs), self.translate(scope, inputs)

        def add(bindings: list[Body]) -> list[Body]:
            return [*(each for each in bindings if each != wanted), wanted]

        self._replace(google, name.split("|")[0], add)
        return wanted

    def id_of(self, scope: Scope, resource: Body, inputs: Inputs) -> str:
        """The binding's name."""
        return self.name(scope, inputs)

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """Nothing of it can change."""
        return self.get(google, name)

    def get(self, google: FrontEnd, name: str) -> Body:
        """The binding of the name. Raises GoogleError 404."""
        target = name.split("|", maxsplit=1)[0]
        for binding in self._single(self._policy(google, target).read()["bindings"]):
            if _named(target, binding) == name:
                return binding
        raise not_found(name)

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Take the member out of the policy."""
        target = name.split("|", maxsplit=1)[0]
        self._replace(google, target, lambda all_: [it for it in all_ if _named(target, it) != name])

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """Role, member and condition; the target is not told by a binding."""
        condition = {"condition": resource["condition"]} if "condition" in resource else {}
        return {"role": resource["role"], "member": resource["members"][0], **condition}

    def outputs_of(self, scope: Scope, resource: Body, inputs: Inputs) -> Outputs:
        """None but the etag, which is foretold."""
        return {}

    def _policy(self, google: FrontEnd, target: str) -> PolicyOf:
        return PolicyOf(google, *self.policy, self.resource(target))

    def _replace(self, google: FrontEnd, target: str, change: Change) -> None:
        """Change the bindings of the target, of which each has one member."""

        def changed(policy: Body) -> Body:
            return {**policy, "bindings": change(self._single(policy["bindings"]))}

        self._policy(google, target).change(changed)

    def _single(self, bindings: list[Body]) -> list[Body]:
        """The bindings, one for each member."""
        return [{**each, "members": [member]} for each in bindings for member in each["members"]]

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """The etag, which nobody uses here, so it is always the same."""
        return {"etag": ""}

    def name_of_import(self, scope: Scope, resource_id: str) -> str:
        """`TARGET/ROLE/MEMBER`, the real provider's id, the same with spaces, or the binding's own name."""
        found = BINDING_ID.fullmatch(resource_id)
        if found is None:
            return resource_id
        title = {"condition": {"title": found["title"]}} if found["title"] else {}
        return self.name(
            scope, {self.of: found["target"], "role": found["role"], "member": found["member"], **title}
        )


class ProjectMember(IamMember):
    """A role on the whole project."""

    pulumi_type = "gcp:projects/iAMMember:IAMMember"
    policy = ("cloudresourcemanager.v1", "projects")
    of = "project"
    takes_condition = True
    required = ("role", "member")

    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The project."""
        return f"projects/{scope.project}"

    def resource(self, target: str) -> str:
        """The project's id alone."""
        return target.rsplit("/", 1)[-1]


class ServiceAccountMember(IamMember):
    """A role on a service account: who may act as it."""

    pulumi_type = "gcp:serviceaccount/iAMMember:IAMMember"
    policy = ("iam.v1", "projects.serviceAccounts")
    of = "serviceAccountId"
    required = ("serviceAccountId", "role", "member")

    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The account by its full name."""
        return str(inputs.get("serviceAccountId", UNKNOWN))


class SecretMember(IamMember):
    """A role on one secret: who may read it."""

    pulumi_type = "gcp:secretmanager/secretIamMember:SecretIamMember"
    policy = ("secretmanager.v1", "projects.secrets")
    of = "secretId"
    required = ("secretId", "role", "member")

    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The secret by its full name."""
        return full_name(str(inputs.get("secretId", UNKNOWN)), f"projects/{scope.project}/secrets/")


class BucketMember(IamMember):
    """A role on one bucket: who may add to it or read it."""

    pulumi_type = "gcp:storage/bucketIAMMember:BucketIAMMember"
    policy = ("storage.v1", "buckets")
    of = "bucket"
    required = ("bucket", "role", "member")

    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The bucket under its project, whose roles hold for it too."""
        return bucket_target(scope.project, str(inputs.get("bucket", UNKNOWN)).removeprefix("b/"))

    def resource(self, target: str) -> str:
        """The bucket's name alone."""
        return target.rsplit("/", 1)[-1]


class ServiceMember(IamMember):
    """A role on a Cloud Run service: who may call a function."""

    pulumi_type = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember"
    policy = ("run.v2", "projects.locations.services")
    of = "name"
    required = ("name", "role", "member")

    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The service by its full name."""
        prefix = f"projects/{scope.project}/locations/{scope.region}/services/"
        return full_name(str(inputs.get("name", UNKNOWN)), prefix)


def _named(target: str, binding: Body) -> str:
    """The name of one member's binding."""
    title = binding.get("condition", {}).get("title")
    name = f"{target}|{binding['role']}|{binding['members'][0]}"
    return f"{name}|{title}" if title else name
