"""The bucket for copies of the host's backups: private, and the host can only add to it.

Each copy is encrypted for the offline key. The host can neither read, replace nor remove a copy, and for the
time of the bucket's retention policy nobody can. Object versions are off: Google keeps either those or a
retention policy.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from infra import service_accounts
from infra.host_identity import HostPool, Subject
from infra.names import BACKUP_ACCOUNT, BACKUP_BUCKET_SUFFIX, BACKUP_PROVIDER
from infra.settings import MOST_RETAINED_DAYS, BackupBucket, Settings

KEPT_DAYS = MOST_RETAINED_DAYS
"""A little more than the year for which the host keeps its monthly backups."""
REMOVED_DAYS = 30
"""How long a removed copy can still be restored."""
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
    name = f"{settings.project}{BACKUP_BUCKET_SUFFIX}"
    return gcp.storage.Bucket(
        "backups",
        project=settings.project,
        name=name,
        location=settings.region,
        uniform_bucket_level_access=True,
        public_access_prevention="enforced",
        versioning={"enabled": not settings.backup_bucket.retained_days},
        retention_policy=_retention(settings.backup_bucket, name),
        soft_delete_policy={"retention_duration_seconds": REMOVED_DAYS * DAY_SECONDS},
        lifecycle_rules=[{"action": {"type": "Delete"}, "condition": {"age": KEPT_DAYS}}],
        force_destroy=not settings.protect,
        opts=pulumi.ResourceOptions.merge(opts, protected),
    )


def _retention(wanted: BackupBucket, bucket: str) -> gcp.storage.BucketRetentionPolicyArgs | None:
    """Raises RunError if the lock names another bucket, or has no time to lock."""
    locked = wanted.locked_for_ever is not None
    if locked and (wanted.locked_for_ever != bucket or not wanted.retained_days):
        raise pulumi.RunError(
            f"ekklesia:backupBucket.lockedForEver must be the bucket's own name, {bucket}, with retainedDays "
            "above 0: Google never unlocks it, nor lets anybody shorten its time"
        )
    if not wanted.retained_days:
        return None
    if locked:
        pulumi.log.warn(
            f"{bucket} is locked for ever: once this is up, nobody can remove a copy younger than "
            f"{wanted.retained_days} days, shorten that time, or delete the bucket with such a copy in it"
        )
    seconds = str(wanted.retained_days * DAY_SECONDS)
    return gcp.storage.BucketRetentionPolicyArgs(retention_period=seconds, is_locked=locked)


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
