"""The bucket for what deploys make and cannot always make again: the legacy runtime's Django as a wheel.

Operators read it and add to it; none of them can replace or remove an object. A deploy takes nothing from it
whose checksum is not the one in `linode/requirements/legacy.txt`, so nobody smuggles code in by it.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from deploy.remote.linode_settings import WHEEL_BUCKET_SUFFIX
from infra.settings import Settings

ROLES = {"reads": "roles/storage.objectViewer", "adds": "roles/storage.objectCreator"}


def declare(settings: Settings, after: Sequence[pulumi.Resource]) -> gcp.storage.Bucket:
    """Declare the bucket, and what each operator may do with it."""
    opts = pulumi.ResourceOptions(depends_on=after)
    bucket = gcp.storage.Bucket(
        "wheels",
        project=settings.project,
        name=f"{settings.project}{WHEEL_BUCKET_SUFFIX}",
        location=settings.region,
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        versioning={"enabled": True},
        force_destroy=not settings.protect,
        opts=opts,
    )
    for name, email in sorted(settings.operators.items()):
        for verb, role in ROLES.items():
            gcp.storage.BucketIAMMember(
                f"{name}-{verb}-wheels", bucket=bucket.name, role=role, member=f"user:{email}"
            )
    return bucket
