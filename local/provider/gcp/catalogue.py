"""Lists the types and functions of `gcp` that the local provider supports: those that `infra/` uses."""

from __future__ import annotations

from local.provider.gcp import projects
from local.provider.gcp.artifact_registry import Repository, RepositoryMember
from local.provider.gcp.audit_config import AuditConfig
from local.provider.gcp.cloud_functions import Function
from local.provider.gcp.cloud_scheduler import Job
from local.provider.gcp.custom_roles import CustomRole
from local.provider.gcp.firebase import HostingSite, WebApp
from local.provider.gcp.firebase_rules import Release, Ruleset
from local.provider.gcp.firestore import BackupSchedule, Database, Field, Index
from local.provider.gcp.iam import (
    BucketMember,
    ProjectMember,
    SecretMember,
    ServiceAccountMember,
    ServiceMember,
)
from local.provider.gcp.identity_platform import Config
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.secret_manager import Secret, SecretVersion
from local.provider.gcp.service_accounts import Account
from local.provider.gcp.service_agents import ServiceIdentity
from local.provider.gcp.storage import Bucket, BucketObject
from local.provider.gcp.workload_identity import WorkloadIdentityPool, WorkloadIdentityPoolProvider
from local.provider.plugin import Invoke
from local.resource_store import Record, ResourceStore
from local.world import World

TYPES: list[RestResource] = [
    projects.Service(),
    AuditConfig(),
    ServiceIdentity(),
    CustomRole(),
    ProjectMember(),
    ServiceAccountMember(),
    SecretMember(),
    ServiceMember(),
    BucketMember(),
    RepositoryMember(),
    Account(),
    Database(),
    Index(),
    Field(),
    BackupSchedule(),
    Ruleset(),
    Release(),
    Secret(),
    SecretVersion(),
    Bucket(),
    BucketObject(),
    Repository(),
    Function(),
    Job(),
    HostingSite(),
    WebApp(),
    Config(),
    WorkloadIdentityPool(),
    WorkloadIdentityPoolProvider(),
]
INVOKES: dict[str, Invoke] = {"gcp:organizations/getProject:getProject": projects.get_project}


def declared_not_run(world: World) -> list[Record]:
    """The records of a world that nothing here acts upon: `make status` lists them as declared, not run."""
    store = ResourceStore(world)
    return [record for each in TYPES if not each.is_run for record in store.list(each.kind)]
