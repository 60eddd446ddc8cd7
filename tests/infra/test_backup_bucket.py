"""A copy of a backup stays: for a time nobody can remove it, and nothing removes one that is still wanted."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from infra import backup_bucket, settings
from infra.host_identity import HostPool
from infra.settings import MOST_RETAINED_DAYS
from tools.program_run import JWKS, Declared, Program, run_program

DAY = 24 * 3600
NAME = "ekklesia-prod-10-2025-backups"
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


def test_time_and_versions_stand_in_for_each_other(bucket: dict[str, Any], of_a_world: Program) -> None:
    """Google refuses both together, and the policies refuse neither."""
    assert bucket["retentionPolicy"]["retentionPeriod"] == str(90 * DAY)
    assert bucket["versioning"] == {"enabled": False}
    without = of_a_world.get("bucket:Bucket", "backups").inputs
    assert "retentionPolicy" not in without
    assert without["versioning"] == {"enabled": True}


def test_no_bucket_of_a_protected_stack_is_emptied_to_be_deleted(
    production: Program, of_a_world: Program
) -> None:
    assert not any(it.inputs["forceDestroy"] for it in production.of_type("bucket:Bucket"))
    buckets = of_a_world.of_type("bucket:Bucket")
    assert len(buckets) == 3
    assert all(it.inputs["forceDestroy"] for it in buckets)
    assert not any(it.protect or it.kept for it in of_a_world.resources)
    databases = of_a_world.of_type("database:Database")
    assert {it.inputs["deleteProtectionState"] for it in databases} == {"DELETE_PROTECTION_DISABLED"}


def test_no_object_is_replaced_by_another(production: Program) -> None:
    """Where objects are not retained, the earlier version stays."""
    for it in production.of_type("bucket:Bucket"):
        assert it.inputs["versioning"]["enabled"] is not bool(it.inputs.get("retentionPolicy"))


class TestLock:
    def test_it_is_said_in_the_preview(self, config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody locks by a slip: the setting is the bucket's name, and each preview says what it does."""
        said: list[str] = []
        monkeypatch.setattr(pulumi.log, "warn", said.append)
        assert declared(config).inputs["retentionPolicy"] == {
            "retentionPeriod": str(90 * DAY),
            "isLocked": False,
        }
        assert not said

        config["ekklesia:backupBucket"]["lockedForEver"] = NAME
        assert declared(config).inputs["retentionPolicy"]["isLocked"] is True
        [warning] = said
        assert f"{NAME} is locked for ever" in warning
        assert "90 days" in warning

    @pytest.mark.parametrize(
        ("wanted", "message"),
        [
            ({"lockedForEver": "ekklesia-backups"}, f"must be the bucket's own name, {NAME}"),
            ({"lockedForEver": NAME, "retainedDays": 0}, "with retainedDays above 0"),
        ],
    )
    def test_a_mistake_is_one_line_that_names_the_setting(
        self, config: dict[str, Any], wanted: dict[str, Any], message: str
    ) -> None:
        config["ekklesia:backupBucket"] |= wanted
        with pytest.raises(pulumi.RunError, match=message) as raised:
            declared(config)
        assert str(raised.value).startswith("ekklesia:backupBucket.lockedForEver ")
        assert "\n" not in str(raised.value)


def declared(config: dict[str, Any]) -> Declared:
    """The bucket by these settings, without the rest of the program."""

    def only_the_bucket() -> None:
        stack = settings.load()
        backup_bucket.declare(stack, HostPool(stack, []), pulumi.Output.from_input(JWKS), [])

    return run_program(config, main=only_the_bucket).get("bucket:Bucket", "backups")
