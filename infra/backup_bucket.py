"""The bucket for copies of the host's backups: private, and the host can only add to it.

Each copy is encrypted for the offline key. The host can neither read, replace nor remove a copy.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra import service_accounts
from infra.host_identity import HostPool, Subject
from infra.names import BACKUP_ACCOUNT, BACKUP_BUCKET_SUFFIX, BACKUP_PROVIDER
from infra.settings import Settings

KEPT_DAYS = 400
"""A little more than the year for which the host keeps its monthly backups."""
REMOVED_DAYS = 30
"""How long a deleted or replaced copy can still be restored."""
DAY_SECONDS = 24 * 3600


def declare(
    settings: Settings, pool: HostPool, jwks: pulumi.Input[str], after: Sequence[pulumi.Resource]
) -> dict[str, pulumi.Input[str]]:
    """Declare the bucket and who may write to it; return what the host's backup program must know."""
    opts = pulumi.ResourceOptions(depends_on=after)
    bucket = _bucket(settings, opts)
    account = service_accounts.account(settings, BACKUP_ACCOUNT, "Adds the host's backups to a bucket", opts)
    subject = pool.subject("backup", BACKUP_PROVIDER, "Backups of the host", jwks)
    acts = pool.let_act_as("backup", subject, account)
    adds = gcp.storage.BucketIAMMember(
        "backup-adds-objects",
        bucket=bucket.name,
        role="roles/storage.objectCreator",
        member=service_accounts.member(account),
        opts=opts,
    )
    # The host learns the bucket's name only after its backup may write there.
    ready = pulumi.Output.all(bucket.name, acts.id, adds.id).apply(lambda known: str(known[0]))
    return _backup_settings(settings, ready, subject, account)


def _bucket(settings: Settings, opts: pulumi.ResourceOptions) -> gcp.storage.Bucket:
    protected = pulumi.ResourceOptions(protect=settings.protect, retain_on_delete=settings.protect)
    return gcp.storage.Bucket(
        "backups",
        project=settings.project,
        name=f"{settings.project}{BACKUP_BUCKET_SUFFIX}",
        location=settings.region,
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        versioning={"enabled": True},
        soft_delete_policy={"retention_duration_seconds": REMOVED_DAYS * DAY_SECONDS},
        lifecycle_rules=[
            {"action": {"type": "Delete"}, "condition": {"age": KEPT_DAYS}},
            {"action": {"type": "Delete"}, "condition": {"days_since_noncurrent_time": REMOVED_DAYS}},
        ],
        force_destroy=not settings.protect,
        opts=pulumi.ResourceOptions.merge(opts, protected),
    )


def _backup_settings(
    settings: Settings,
    bucket: pulumi.Output[str],
    subject: Subject,
    account: gcp.serviceaccount.Account,
) -> dict[str, pulumi.Input[str]]:
    return {
        "bucket": bucket,
        "storage_url": settings.google_apis.storage,
        "sts_url": settings.google_apis.sts,
        "iam_credentials_url": settings.google_apis.iam_credentials,
        "pool_provider": subject.audience,
        "service_account": account.email,
        "issuer": subject.issuer,
        "subject": subject.subject,
    }
