from __future__ import annotations

import json
import re

import pytest

from runtime.clients import ERASED_DATABASE, RIGHTS_DATABASE
from tools.program_run import ROOT, Program

COLLECTIONS = ("rate_limits", "held_runs", "sync_logs", "sync_queue")
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


@pytest.mark.parametrize("name", [RIGHTS_DATABASE, ERASED_DATABASE])
def test_what_no_restore_may_take_back_has_a_database_that_the_functions_name(
    production: Program, name: str
) -> None:
    inputs = production.get("Database", name).inputs
    assert inputs["name"] == name
    assert inputs["deleteProtectionState"] == "DELETE_PROTECTION_ENABLED"


def test_nobody_can_take_a_key_off_the_list(production: Program) -> None:
    """One function adds to it, those of the sync read it, and no account may delete there."""
    roles = {it.inputs["roleId"]: set(it.inputs["permissions"]) for it in production.of_type("IAMCustomRole")}
    on_the_list = {name: verbs for name, verbs in roles.items() if name.endswith("documents_of_erased")}
    assert len(on_the_list) == 5
    assert not any("datastore.entities.delete" in verbs for verbs in on_the_list.values())
    assert [name for name, verbs in on_the_list.items() if "datastore.entities.create" in verbs] == [
        "fn_bidirectional_sync_documents_of_erased"
    ]


def test_what_is_settled_expires_from_every_collection_that_grows(production: Program) -> None:
    expiring = {it.inputs["collection"] for it in production.of_type("firestore/field:Field")}
    assert {"sync_queue", "sync_logs", "held_runs", "rate_limits"} <= expiring


@pytest.mark.parametrize(
    ("name", "file", "released"),
    [
        ("firestore-rules", "firestore.rules", "cloud.firestore"),
        ("login-limits-rules", "login_limits.rules", "cloud.firestore/login-limits"),
    ],
)
def test_the_rules_in_force_are_those_of_the_file(
    production: Program, name: str, file: str, released: str
) -> None:
    command = production.get("Command", name).inputs
    assert command["create"].endswith(" -m infra.google_apis.release_rules")
    assert json.loads(command["stdin"]) == {
        "rulesApi": "https://firebaserules.googleapis.com",
        "project": "ekklesia-prod-10-2025",
        "release": released,
        "file": file,
        "content": (ROOT / "infra" / file).read_text(),
    }


def test_how_often_a_login_failed_is_apart_and_soon_forgotten(production: Program) -> None:
    """Its rules deny all; no backup keeps what expires."""
    inputs = production.get("Database", "login-limits").inputs
    assert inputs["pointInTimeRecoveryEnablement"] == "POINT_IN_TIME_RECOVERY_DISABLED"
    assert inputs["deleteProtectionState"] == "DELETE_PROTECTION_ENABLED"
    backed_up = {it.inputs["database"] for it in production.of_type("backupSchedule:BackupSchedule")}
    assert backed_up == {"(default)", RIGHTS_DATABASE, ERASED_DATABASE}
    rules = (ROOT / "infra" / "login_limits.rules").read_text()
    assert re.findall(r"allow [^;]+;", rules) == ["allow read, write: if false;"]


def test_what_is_in_a_database_comes_after_it(production: Program) -> None:
    databases = {it.inputs["name"]: it for it in production.of_type("database:Database")}
    within = [it for it in production.resources if "database" in it.inputs]
    assert {it.inputs["database"] for it in within} == databases.keys()
    for it in within:
        assert production.waits_for(it, databases[it.inputs["database"]]), it.name
    for rules, database in (("firestore-rules", "(default)"), ("login-limits-rules", "login-limits")):
        assert production.waits_for(production.get("Command", rules), databases[database])


def test_no_member_is_logged_in_before_failures_are_counted_behind_rules(production: Program) -> None:
    login = production.get("Function", "handleKenniAuth")
    assert production.waits_for(login, production.get("Command", "login-limits-rules"))


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
        (it.inputs["database"], it.inputs["collection"], it.inputs["field"])
        for it in production.of_type("firestore/field:Field")
        if it.inputs["ttlConfig"] == {}
    }
    # An index of times that only grow would be a hot spot, and nobody asks by them.
    assert all(it.inputs["indexConfig"] == {} for it in production.of_type("firestore/field:Field"))
    # Counts of before they had a database of their own expire where they are.
    members = {("(default)", collection, "expiresAt") for collection in COLLECTIONS}
    assert expiring == members | {("login-limits", "rate_limits", "expiresAt")}
