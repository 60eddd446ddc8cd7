"""The Firestore database in which failed log-ins are counted, apart from the members.

Functions that read members have no right to it, and it has no backups: its documents are keyed hashes of
addresses and persons, which nobody should be able to look at next week.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pulumi
import pulumi_gcp as gcp
from pulumi_command.local import Command

from infra import firestore_database
from infra.names import LOGIN_LIMITS_DATABASE
from infra.settings import Settings

RULES = Path(__file__).with_name("login_limits.rules")
COLLECTION = "rate_limits"
EXPIRY = "expiresAt"


def declare(settings: Settings, after: Sequence[pulumi.Resource]) -> Command:
    """Declare the database, closed to all browsers, whose documents expire. The release of its rules."""
    database = gcp.firestore.Database(
        LOGIN_LIMITS_DATABASE,
        project=settings.project,
        name=LOGIN_LIMITS_DATABASE,
        location_id=settings.region,
        type="FIRESTORE_NATIVE",
        concurrency_mode="OPTIMISTIC",
        point_in_time_recovery_enablement="POINT_IN_TIME_RECOVERY_DISABLED",
        delete_protection_state=firestore_database.delete_protection(settings),
        deletion_policy=firestore_database.deletion_policy(settings),
        opts=pulumi.ResourceOptions(
            depends_on=after, protect=settings.protect, retain_on_delete=settings.protect
        ),
    )
    within = pulumi.ResourceOptions(depends_on=[*after, database])
    gcp.firestore.Field(
        f"{LOGIN_LIMITS_DATABASE}-{COLLECTION}-{EXPIRY}",
        project=settings.project,
        database=LOGIN_LIMITS_DATABASE,
        collection=COLLECTION,
        field=EXPIRY,
        ttl_config=gcp.firestore.FieldTtlConfigArgs(),
        index_config=gcp.firestore.FieldIndexConfigArgs(),
        opts=within,
    )
    name, release = f"{LOGIN_LIMITS_DATABASE}-rules", f"cloud.firestore/{LOGIN_LIMITS_DATABASE}"
    return firestore_database.release_rules(settings, name, RULES, release, within)
