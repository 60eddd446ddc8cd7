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
BUILD_ROLES = (
    "roles/artifactregistry.writer",
    "roles/logging.logWriter",
    "roles/storage.objectViewer",
)
"""What Cloud Build needs to build a function; its default account would have the whole Editor role."""


@dataclass(frozen=True)
class FunctionSource:
    """The archive in its bucket, and the account that builds it with its roles."""

    bucket: gcp.storage.Bucket
    archive: gcp.storage.BucketObject
    builder: gcp.serviceaccount.Account
    builder_roles: Sequence[pulumi.Resource]


def declare(settings: Settings, after: Sequence[pulumi.Resource]) -> FunctionSource:
    """Upload `functions/` and declare its builder."""
    opts = pulumi.ResourceOptions(depends_on=after)
    bucket = _bucket(settings, opts)
    builder = service_accounts.account(settings, BUILD_ACCOUNT, "Builds the functions", opts)
    return FunctionSource(
        bucket=bucket,
        archive=_archive(bucket),
        builder=builder,
        builder_roles=service_accounts.grant_on_project(settings, builder, BUILD_ROLES, opts),
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
