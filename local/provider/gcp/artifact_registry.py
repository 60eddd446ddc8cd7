"""gcp.artifactregistry: the repository of the functions' images, and who may write to it.

No image is made here: the build only asks whether it could be put there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from local.google.artifactregistry import REPOSITORIES, REPOSITORY_ID
from local.google.frame.discovery import SchemaName
from local.provider.gcp.google_resource import Body, full_name
from local.provider.gcp.iam import IamMember
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.properties import UNKNOWN, is_unknown
from local.provider.resource_type import Inputs, Outputs, Problem


class Repository(RestResource):
    """A repository. This is only recorded."""

    pulumi_type = "gcp:artifactregistry/repository:Repository"
    kind = REPOSITORIES
    schema = SchemaName("artifactregistry.v1", "Repository")
    collection = "projects.locations.repositories"
    id_parameter = "repositoryId"
    name_template = "projects/{project}/locations/{location}/repositories/{repositoryId}"
    required = ("repositoryId", "format", "location")
    steering = frozenset({"deletionPolicy"})
    outputs = ("createTime", "updateTime")
    is_run: ClassVar[bool] = False

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The repository, under its full name."""
        return {**self.body(inputs), "name": self.name(scope, inputs)}

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Ids that Google would refuse."""
        if not is_unknown(inputs["repositoryId"]) and not REPOSITORY_ID.fullmatch(inputs["repositoryId"]):
            yield Problem("repositoryId", f"{inputs['repositoryId']!r} must match {REPOSITORY_ID.pattern}")

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """The name: its last part, as Terraform has it."""
        return {"name": inputs["repositoryId"]}


class RepositoryMember(IamMember):
    """A role on one repository: who may write to it."""

    pulumi_type = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"
    policy = ("artifactregistry.v1", "projects.locations.repositories")
    of = "repository"
    required = ("repository", "role", "member")

    def target(self, scope: Scope, inputs: Inputs) -> str:
        """The repository by its full name."""
        prefix = f"projects/{scope.project}/locations/{scope.region}/repositories/"
        return full_name(str(inputs.get("repository", UNKNOWN)), prefix)
