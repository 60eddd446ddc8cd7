from __future__ import annotations

import json

from runtime.clients import RIGHTS_DATABASE
from tools.program_run import ROOT, Program

INDEXES = json.loads((ROOT / "infra" / "firestore.indexes.json").read_text())


def test_the_database_can_be_taken_back_and_not_deleted(production: Program) -> None:
    inputs = production.get("Database", "firestore").inputs
    assert inputs["name"] == "(default)"
    assert inputs["type"] == "FIRESTORE_NATIVE"
    assert inputs["locationId"] == "europe-west2"
    assert inputs["pointInTimeRecoveryEnablement"] == "POINT_IN_TIME_RECOVERY_ENABLED"
    assert inputs["deleteProtectionState"] == "DELETE_PROTECTION_ENABLED"


def test_backups_outlive_the_database(production: Program) -> None:
    """Point-in-time recovery is gone with the database; Firestore keeps these backups without it."""
    schedules = {
        tuple(it.inputs.keys() & {"dailyRecurrence", "weeklyRecurrence"}): it.inputs["retention"]
        for it in production.of_type("firestore/backupSchedule:BackupSchedule")
        if it.inputs["database"] == "(default)"
    }
    day = 24 * 3600
    assert schedules == {("dailyRecurrence",): f"{14 * day}s", ("weeklyRecurrence",): f"{98 * day}s"}


def test_rights_have_a_database_of_their_own_that_the_functions_name(production: Program) -> None:
    inputs = production.get("Database", "rights").inputs
    assert inputs["name"] == RIGHTS_DATABASE
    assert inputs["deleteProtectionState"] == "DELETE_PROTECTION_ENABLED"


def test_the_rules_in_force_are_those_of_the_file(production: Program) -> None:
    [ruleset] = production.of_type("Ruleset")
    [file] = ruleset.inputs["source"]["files"]
    assert file["content"] == (ROOT / "infra" / "firestore.rules").read_text()
    release = production.get("Release", "firestore-rules").inputs
    assert release["name"] == "cloud.firestore"
    assert release["rulesetName"] == "projects/ekklesia-prod-10-2025/rulesets/0123"


def test_every_index_of_the_file_is_declared(production: Program) -> None:
    declared = [
        (it.inputs["collection"], [(field["fieldPath"], field.get("order")) for field in it.inputs["fields"]])
        for it in production.of_type("firestore/index:Index")
    ]
    wanted = [
        (it["collectionGroup"], [(field["fieldPath"], field.get("order")) for field in it["fields"]])
        for it in INDEXES["indexes"]
    ]
    assert sorted(declared) == sorted(wanted)


def test_rate_limits_records_and_settled_entries_expire(production: Program) -> None:
    expiring = {
        (it.inputs["collection"], it.inputs["field"])
        for it in production.of_type("firestore/field:Field")
        if it.inputs["ttlConfig"] == {}
    }
    collections = ("rate_limits", "held_runs", "sync_logs", "sync_queue")
    assert expiring == {(collection, "expiresAt") for collection in collections}
