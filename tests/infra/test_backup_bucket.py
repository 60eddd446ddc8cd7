"""A copy of a backup stays: for a time nobody can remove it, and nothing removes one that is still wanted."""

from __future__ import annotations

from typing import Any

import pytest

from infra.settings import MOST_RETAINED_DAYS
from tools.program_run import Program, run_program

DAY = 24 * 3600
A_YEAR_OF_MONTHS = 12 * 31
"""Days for which the host keeps its monthly backups."""


@pytest.fixture
def bucket(production: Program) -> dict[str, Any]:
    return production.get("bucket:Bucket", "backups").inputs


def test_a_copy_is_removed_only_after_the_host_has_forgotten_it(
    bucket: dict[str, Any], config: dict[str, Any]
) -> None:
    [rule] = bucket["lifecycleRules"]
    assert rule["action"] == {"type": "Delete"}
    assert rule["condition"].keys() == {"age"}
    assert config["ekklesia:linode"]["backup"]["monthly"] == 12
    assert rule["condition"]["age"] > A_YEAR_OF_MONTHS
    # Google refuses to remove a retained one, and would try in vain.
    assert rule["condition"]["age"] >= MOST_RETAINED_DAYS


def test_what_was_removed_can_be_restored_for_weeks(bucket: dict[str, Any]) -> None:
    """Google takes up to 90 days."""
    assert 14 * DAY < bucket["softDeletePolicy"]["retentionDurationSeconds"] <= 90 * DAY


def test_time_and_versions_stand_in_for_each_other(bucket: dict[str, Any], config: dict[str, Any]) -> None:
    """Google refuses both together, and the policies refuse neither."""
    assert bucket["retentionPolicy"]["retentionPeriod"] == str(90 * DAY)
    assert bucket["versioning"] == {"enabled": False}
    config["ekklesia:backupBucket"]["retainedDays"] = 0
    without = run_program(config).get("bucket:Bucket", "backups").inputs
    assert "retentionPolicy" not in without
    assert without["versioning"] == {"enabled": True}


def test_no_bucket_of_a_protected_stack_is_emptied_to_be_deleted(
    production: Program, config: dict[str, Any]
) -> None:
    assert not any(it.inputs["forceDestroy"] for it in production.of_type("bucket:Bucket"))
    open_to_all = run_program(config | {"ekklesia:protect": False})
    buckets = open_to_all.of_type("bucket:Bucket")
    assert len(buckets) == 3
    assert all(it.inputs["forceDestroy"] for it in buckets)
    assert not any(it.protect or it.kept for it in open_to_all.resources)
    databases = open_to_all.of_type("database:Database")
    assert {it.inputs["deleteProtectionState"] for it in databases} == {"DELETE_PROTECTION_DISABLED"}


def test_no_object_is_replaced_by_another(production: Program) -> None:
    """Where objects are not retained, the earlier version stays."""
    for it in production.of_type("bucket:Bucket"):
        assert it.inputs["versioning"]["enabled"] is not bool(it.inputs.get("retentionPolicy"))
