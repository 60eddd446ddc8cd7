"""The source of the functions: one archive named by its content, in a private bucket, and who builds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from infra import service_accounts
from infra.content_hash import content_hash, source_files
from infra.names import ROOT
from infra.settings import Settings

FUNCTIONS = ROOT / "functions"
BUILD_ACCOUNT = "function-build"
REPOSITORY = "functions"
COPIES = "gcf-v2-sources-"
"""How the bucket begins to which Cloud Functions copies the archive; the build reads it from there."""
READ_OBJECTS = "roles/storage.objectViewer"


@dataclass(frozen=True)
class FunctionSource:
    """The archive in its bucket, where its images are kept, and the account that builds it with its roles."""

    bucket: gcp.storage.Bucket
    archive: gcp.storage.BucketObject
    repository: gcp.artifactregistry.Repository
    builder: gcp.serviceaccount.Account
    builder_roles: Sequence[pulumi.Resource]


def declare(settings: Settings, after: Sequence[pulumi.Resource]) -> FunctionSource:
    """Upload `functions/` and declare its builder."""
    opts = pulumi.ResourceOptions(depends_on=after)
    bucket, repository = _bucket(settings, opts), _repository(settings, opts)
    builder = service_accounts.account(settings, BUILD_ACCOUNT, "Builds the functions", opts)
    return FunctionSource(
        bucket=bucket,
        archive=_archive(bucket),
        repository=repository,
        builder=builder,
        builder_roles=_builder_roles(settings, bucket, repository, builder, opts),
    )


def _builder_roles(
    settings: Settings,
    bucket: gcp.storage.Bucket,
    repository: gcp.artifactregistry.Repository,
    builder: gcp.serviceaccount.Account,
    opts: pulumi.ResourceOptions,
) -> list[pulumi.Resource]:
    """Read the source, write the image, write the log: Cloud Build's default account would be an Editor."""
    member = service_accounts.member(builder)
    return [
        gcp.storage.BucketIAMMember(
            f"{BUILD_ACCOUNT}-reads-source", bucket=bucket.name, role=READ_OBJECTS, member=member, opts=opts
        ),
        gcp.projects.IAMMember(
            f"{BUILD_ACCOUNT}-reads-copies",
            project=settings.project,
            role=READ_OBJECTS,
            member=member,
            condition=gcp.projects.IAMMemberConditionArgs(
                title=f"buckets {COPIES}*",
                expression=f'resource.name.startsWith("projects/_/buckets/{COPIES}")',
            ),
            opts=opts,
        ),
        gcp.artifactregistry.RepositoryIamMember(
            f"{BUILD_ACCOUNT}-writes-images",
            project=settings.project,
            location=settings.region,
            repository=repository.name,
            role="roles/artifactregistry.writer",
            member=member,
            opts=opts,
        ),
        *service_accounts.grant_on_project(settings, builder, ["roles/logging.logWriter"], opts),
    ]


def _repository(settings: Settings, opts: pulumi.ResourceOptions) -> gcp.artifactregistry.Repository:
    """A repository of our own: the one that Cloud Functions makes exists only after the first build."""
    return gcp.artifactregistry.Repository(
        REPOSITORY,
        project=settings.project,
        location=settings.region,
        repository_id=REPOSITORY,
        format="DOCKER",
        description="Images of the functions, as Cloud Build makes them",
        opts=opts,
    )


def _bucket(settings: Settings, opts: pulumi.ResourceOptions) -> gcp.storage.Bucket:
    return gcp.storage.Bucket(
        "function-source",
        project=settings.project,
        name=f"{settings.project}-function-source",
        location=settings.region,
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        versioning={"enabled": True},
        force_destroy=not settings.protect,
        opts=opts,
    )


def _archive(bucket: gcp.storage.Bucket) -> gcp.storage.BucketObject:
    files = {path.relative_to(FUNCTIONS).as_posix(): path for path in source_files(FUNCTIONS)}
    return gcp.storage.BucketObject(
        "function-archive",
        bucket=bucket.name,
        name=f"functions-{content_hash(FUNCTIONS)[:16]}.zip",
        source=pulumi.AssetArchive({name: pulumi.FileAsset(str(path)) for name, path in files.items()}),
        content_type="application/zip",
    )
