"""Firestore: the members' database, its access rules (`firestore.rules`), its indexes and what expires.

Indexes and expiries come from `firestore.indexes.json`, in Firebase's own format, so that Firebase's emulator
and command line can read them too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
import pulumi_gcp as gcp
from pulumi_command.local import Command

from infra.command import google_command
from infra.names import DATABASE, ERASED_DATABASE, RIGHTS_DATABASE
from infra.settings import Settings

RELEASE_RULES = "infra.google_apis.release_rules"
RULES = Path(__file__).with_name("firestore.rules")
INDEXES = Path(__file__).with_name("firestore.indexes.json")
DAY_SECONDS = 24 * 3600
DAILY_BACKUPS_KEPT = f"{14 * DAY_SECONDS}s"
WEEKLY_BACKUPS_KEPT = f"{14 * 7 * DAY_SECONDS}s"
"""The longest that Firestore keeps a backup."""


@dataclass(frozen=True)
class Firestore:
    """The database and the release of its rules."""

    database: gcp.firestore.Database
    rules: Command
    rights: gcp.firestore.Database
    """Which roles count (`functions/members/confirmed_roles.py`)."""
    erased: gcp.firestore.Database
    """Who was erased, as HMACs (`functions/sync/erased_keys.py`)."""


def declare(settings: Settings, after: Sequence[pulumi.Resource]) -> Firestore:
    """Declare the database with everything that belongs to it."""
    database = _database(settings, "firestore", DATABASE, after)
    within = pulumi.ResourceOptions(depends_on=[*after, database])
    definitions = json.loads(INDEXES.read_text())
    for definition in definitions["indexes"]:
        _index(settings, definition, within)
    for definition in definitions["fieldOverrides"]:
        _expiry(settings, definition, within)
    _backups(settings, DATABASE, "firestore", within)
    rules = release_rules(settings, "firestore-rules", RULES, "cloud.firestore", within)
    beside = [*after, database]
    rights = _apart(settings, "rights", RIGHTS_DATABASE, beside)
    return Firestore(database, rules, rights, _apart(settings, "erased", ERASED_DATABASE, beside))


def delete_protection(settings: Settings) -> str:
    """Whether Firestore refuses to delete a database, as the setting says."""
    return "DELETE_PROTECTION_ENABLED" if settings.protect else "DELETE_PROTECTION_DISABLED"


def deletion_policy(settings: Settings) -> str:
    """What `pulumi destroy` does with a database: without a word, Google's provider would leave it alone."""
    return "ABANDON" if settings.protect else "DELETE"


def release_rules(
    settings: Settings, name: str, rules: Path, release: str, opts: pulumi.ResourceOptions
) -> Command:
    """Put the rules of a file into force: `cloud.firestore` is the first database, others follow a slash.

    They stay in force when the stack is destroyed, because they only close what would be there.
    """
    told = {
        "rulesApi": settings.google_apis.of("firebaserules"),
        "project": settings.project,
        "release": release,
        "file": rules.name,
        "content": rules.read_text(),
    }
    return google_command(settings, name, RELEASE_RULES, json.dumps(told, sort_keys=True), opts=opts)


def _apart(
    settings: Settings, label: str, name: str, after: Sequence[pulumi.Resource]
) -> gcp.firestore.Database:
    """A database for what no restore of the members may take back, since each is restored by itself.

    Browsers cannot read it: Firestore denies them everything in a database without rules.
    """
    database = _database(settings, label, name, after)
    _backups(settings, name, label, pulumi.ResourceOptions(depends_on=[*after, database]))
    return database


def _database(
    settings: Settings, label: str, name: str, after: Sequence[pulumi.Resource]
) -> gcp.firestore.Database:
    return gcp.firestore.Database(
        label,
        project=settings.project,
        name=name,
        location_id=settings.region,
        type="FIRESTORE_NATIVE",
        concurrency_mode="OPTIMISTIC",
        point_in_time_recovery_enablement="POINT_IN_TIME_RECOVERY_ENABLED",
        delete_protection_state=delete_protection(settings),
        deletion_policy=deletion_policy(settings),
        opts=pulumi.ResourceOptions(
            depends_on=after, protect=settings.protect, retain_on_delete=settings.protect
        ),
    )


def _backups(settings: Settings, database: str, label: str, opts: pulumi.ResourceOptions) -> None:
    """Have Firestore back the database up: point-in-time recovery forgets after a week, and goes with it."""
    gcp.firestore.BackupSchedule(
        f"{label}-daily",
        project=settings.project,
        database=database,
        retention=DAILY_BACKUPS_KEPT,
        daily_recurrence={},
        opts=opts,
    )
    gcp.firestore.BackupSchedule(
        f"{label}-weekly",
        project=settings.project,
        database=database,
        retention=WEEKLY_BACKUPS_KEPT,
        weekly_recurrence={"day": "SUNDAY"},
        opts=opts,
    )


def _index(settings: Settings, definition: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
    fields = definition["fields"]
    label = "-".join(field["fieldPath"] for field in fields)
    gcp.firestore.Index(
        f"{definition['collectionGroup']}-{label}",
        project=settings.project,
        database=DATABASE,
        collection=definition["collectionGroup"],
        query_scope=definition["queryScope"],
        fields=[
            gcp.firestore.IndexFieldArgs(
                field_path=field["fieldPath"],
                order=field.get("order"),
                array_config=field.get("arrayConfig"),
            )
            for field in fields
        ],
        opts=opts,
    )


def _expiry(settings: Settings, definition: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
    """Let Firestore delete documents once the time in this field has passed.

    The field has no single-field index: nobody queries by it, and an index of times that only grow would be a
    hot spot.
    """
    if not definition["ttl"] or definition["indexes"]:
        raise pulumi.RunError(f"{INDEXES.name}: the override of {definition['fieldPath']} is not an expiry")
    gcp.firestore.Field(
        f"{definition['collectionGroup']}-{definition['fieldPath']}",
        project=settings.project,
        database=DATABASE,
        collection=definition["collectionGroup"],
        field=definition["fieldPath"],
        ttl_config=gcp.firestore.FieldTtlConfigArgs(),
        index_config=gcp.firestore.FieldIndexConfigArgs(),
        opts=opts,
    )
