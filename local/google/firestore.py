"""Firestore v1, its administration: databases, which are the emulator's, and indexes, fields and backups.

Data is read and written at the emulator itself, so no method of documents is served here.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import uuid
from collections.abc import Callable

from local.google import firestore_operations
from local.google.frame import operations
from local.google.frame.api import Api
from local.google.frame.call import Body, Call, now, without
from local.google.frame.etags import etag_of, require_seen
from local.google.frame.pages import page
from local.google.frame.treatment import treatment_of
from local.resource_store import Record
from local.services import programs
from local.services.firestore_rules import DATABASES, FIRST_DATABASE
from local.services.google_errors import already_exists, failed_precondition, invalid, not_found
from local.services.in_force import in_force_after, seconds_until_in_force
from local.services.world_program import start_service, stop_service

API = Api("firestore.v1")
INDEXES, FIELDS, SCHEDULES = "firestore.indexes", "firestore.fields", "firestore.backupSchedules"
DELETED_DATABASES = "firestore.deletedDatabases"
DATABASE = "projects.databases"
GROUP = f"{DATABASE}.collectionGroups"
DATABASE_ID = re.compile(r"\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9]")
FEWEST_INDEX_FIELDS = 2
LONGEST_RETENTION_SECONDS = 14 * 7 * 24 * 3600
PROTECTED = "DELETE_PROTECTION_ENABLED"
RETENTION = {"POINT_IN_TIME_RECOVERY_ENABLED": "604800s"}
DAWN = "1970-01-01T00:00:00Z"


@API.serves(f"{DATABASE}.create")
def create_database(call: Call) -> Body:
    """Make a database. The emulator runs as long as there is one."""
    database_id = call.given.get("databaseId", "")
    if not DATABASE_ID.fullmatch(database_id):
        raise invalid(f"Database ID {database_id!r} must match {DATABASE_ID.pattern}.")
    for field in ("locationId", "type"):
        if not call.body.get(field):
            raise invalid(f"Database.{field} must be given.")
    name = f"{call.given['parent']}/databases/{database_id}"
    if call.store.get(DATABASES, name):
        raise already_exists("Database already exists. Please use another database_id")
    _require_free(call, name)
    record = Record(DATABASES, name, {**call.body, "name": name}, {"created": now()})

    def work() -> Body:
        call.store.put(record)
        try:
            start_service(call.world, programs.firestore(call.world))
        except Exception:
            call.store.delete(DATABASES, name)
            raise
        return _database(record)

    return firestore_operations.creation_of_database(call, name, work)


@API.serves(f"{DATABASE}.get")
def get_database(call: Call) -> Body:
    """One database."""
    return _database(call.record(DATABASES, call.given["name"]))


@API.serves(f"{DATABASE}.list")
def list_databases(call: Call) -> Body:
    """The project's databases."""
    return page(map(_database, call.store.list(DATABASES)), "databases", call.given)


@API.serves(f"{DATABASE}.patch")
def patch_database(call: Call) -> Body:
    """Change its protections and the like."""
    before = call.record(DATABASES, call.given["name"])
    require_seen(call.body.get("etag"), etag_of(before.resource))
    after = call.updated(before.resource, "name", "locationId", "type", "databaseEdition")
    return _put(
        call, Record(DATABASES, before.name, after, before.status), firestore_operations.DATABASE, _database
    )


@API.serves(f"{DATABASE}.delete")
def delete_database(call: Call) -> Body:
    """Delete a database that is not protected. The last one ends the emulator; its data stays in a file."""
    record = call.record(DATABASES, call.given["name"])
    if record.resource.get("deleteProtectionState") == PROTECTED:
        raise failed_precondition(f"Database {record.name} has delete protection enabled.")

    def work() -> Body:
        if [each.name for each in call.store.list(DATABASES)] == [record.name]:
            stop_service(call.world, "firestore")
        call.store.delete(DATABASES, record.name)
        for kind in (INDEXES, FIELDS, SCHEDULES):
            for each in call.within(kind, record.name):
                call.store.delete(kind, each.name)
        _keep_id(call, record.name)
        return _database(record)

    return firestore_operations.deletion_of_database(call, record.name, work)


@API.serves(f"{DATABASE}.operations.get", permission="")
def operation(call: Call) -> Body:
    """One operation."""
    return operations.found(call)


@API.serves(f"{GROUP}.indexes.create", is_recorded_only=True)
def create_index(call: Call) -> Body:
    """Declare a composite index. The emulator needs none, and no two have the same fields."""
    parent = call.given["parent"]
    _require_database(call, parent)
    fields = [each for each in call.body.get("fields", []) if each.get("fieldPath") != "__name__"]
    if len(fields) < FEWEST_INDEX_FIELDS and not any(each.get("vectorConfig") for each in fields):
        raise invalid("this index is not necessary, configure using single field index controls")
    content = json.dumps([fields, call.body.get("queryScope", "COLLECTION")], sort_keys=True)
    name = f"{parent}/indexes/{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    if call.store.get(INDEXES, name):
        raise already_exists("index already exists")
    return _put(call, Record(INDEXES, name, call.body), firestore_operations.INDEX, _index)


@API.serves(f"{GROUP}.indexes.get")
def get_index(call: Call) -> Body:
    """One index."""
    return _index(call.record(INDEXES, call.given["name"]))


@API.serves(f"{GROUP}.indexes.list")
def list_indexes(call: Call) -> Body:
    """The indexes of a collection, or with `-` of all."""
    return _listed(call, INDEXES, "indexes", _index)


@API.serves(f"{GROUP}.indexes.delete", is_recorded_only=True)
def delete_index(call: Call) -> Body:
    """Delete one index."""
    call.store.delete(INDEXES, call.record(INDEXES, call.given["name"]).name)
    return {}


@API.serves(f"{GROUP}.fields.get", permission="datastore.indexes.get")
def get_field(call: Call) -> Body:
    """One field, which has the database's own indexes if nothing else is declared."""
    _require_database(call, call.given["name"])
    found = call.store.get(FIELDS, call.given["name"])
    return _field(found or Record(FIELDS, call.given["name"], {}))


@API.serves(f"{GROUP}.fields.list", permission="datastore.indexes.list")
def list_fields(call: Call) -> Body:
    """The fields for which something is declared."""
    return _listed(call, FIELDS, "fields", _field)


@API.serves(f"{GROUP}.fields.patch", permission="datastore.indexes.update")
def patch_field(call: Call) -> Body:
    """Declare a field's indexes, and whether documents expire at its time."""
    name = call.given["name"]
    _require_database(call, name)
    before = call.store.get(FIELDS, name)
    kept = without(before.resource, ("name",)) if before else {}
    after = call.updated(kept, "name")
    if not after:
        call.store.delete(FIELDS, name)
        return firestore_operations.change(call, firestore_operations.FIELD, name, lambda: {"name": name})
    return _put(call, Record(FIELDS, name, {**after, "name": name}), firestore_operations.FIELD, _field)


@API.serves(f"{DATABASE}.backupSchedules.create", is_recorded_only=True)
def create_schedule(call: Call) -> Body:
    """Say how often the database is backed up, and how long that is kept: once daily, once weekly."""
    parent = call.given["parent"]
    _require_database(call, f"{parent}/")
    _require_retention(call.body)
    recurrence = {"dailyRecurrence", "weeklyRecurrence"} & call.body.keys()
    if len(recurrence) != 1:
        raise invalid("exactly one of dailyRecurrence and weeklyRecurrence must be given")
    if any(recurrence & each.resource.keys() for each in call.within(SCHEDULES, parent)):
        raise already_exists(f"The database already has a schedule with {recurrence.pop()}.")
    record = Record(SCHEDULES, f"{parent}/backupSchedules/{uuid.uuid4()}", call.body, {"created": now()})
    call.store.put(record)
    return _schedule(record)


@API.serves(f"{DATABASE}.backupSchedules.get")
def get_schedule(call: Call) -> Body:
    """One schedule."""
    return _schedule(call.record(SCHEDULES, call.given["name"]))


@API.serves(f"{DATABASE}.backupSchedules.list")
def list_schedules(call: Call) -> Body:
    """The schedules of a database."""
    found = [_schedule(each) for each in call.within(SCHEDULES, call.given["parent"])]
    return {"backupSchedules": found} if found else {}


@API.serves(f"{DATABASE}.backupSchedules.patch", is_recorded_only=True)
def patch_schedule(call: Call) -> Body:
    """Change how long backups are kept."""
    before = call.record(SCHEDULES, call.given["name"])
    after = call.updated(before.resource, "name", "dailyRecurrence", "weeklyRecurrence")
    _require_retention(after)
    record = Record(SCHEDULES, before.name, after, {**before.status, "updated": now()})
    call.store.put(record)
    return _schedule(record)


@API.serves(f"{DATABASE}.backupSchedules.delete", is_recorded_only=True)
def delete_schedule(call: Call) -> Body:
    """Delete one schedule."""
    call.store.delete(SCHEDULES, call.record(SCHEDULES, call.given["name"]).name)
    return {}


def _require_free(call: Call, name: str) -> None:
    """Raise GoogleError 400 as long as a deleted database keeps its id, which at Google is five minutes."""
    deleted = call.store.get(DELETED_DATABASES, name)
    left = seconds_until_in_force(deleted) if deleted else 0
    if left > 0:
        raise failed_precondition(
            f"Database ID '{name.rsplit('/', 1)[-1]}' is not available in project '{call.project}'. "
            f"Please retry in {math.ceil(left)} seconds."
        )
    call.store.delete(DELETED_DATABASES, name)


def _keep_id(call: Call, name: str) -> None:
    """Keep the id of a deleted database from being used again for a while."""
    treatment = treatment_of(call.world)
    if late := in_force_after(treatment.seconds(treatment.databases, name)):
        call.store.put(Record(DELETED_DATABASES, name, {"name": name}, late))


def _put(call: Call, record: Record, kind: str, shown: Callable[[Record], Body]) -> Body:
    def work() -> Body:
        call.store.put(record)
        return shown(record)

    return firestore_operations.change(call, kind, record.name, work)


def _require_database(call: Call, name: str) -> None:
    database = firestore_operations.database_of(name)
    if call.store.get(DATABASES, database) is None:
        raise not_found(database)


def _require_retention(schedule: Body) -> None:
    if float(schedule.get("retention", "0s")[:-1]) > LONGEST_RETENTION_SECONDS:
        raise invalid(f"{schedule['retention']} is longer than 14 weeks")


def _listed(call: Call, kind: str, field: str, shown: Callable[[Record], Body]) -> Body:
    parent = call.given["parent"]
    parent = parent.removesuffix("/collectionGroups/-")
    return page(map(shown, call.within(kind, parent)), field, call.given)


def _database(record: Record) -> Body:
    created = record.status.get("created", DAWN)
    recovery = record.resource.get("pointInTimeRecoveryEnablement", "")
    return {
        **record.resource,
        "name": record.name,
        "uid": hashlib.sha256(record.name.encode()).hexdigest()[:32],
        "createTime": created,
        "updateTime": created,
        "earliestVersionTime": created,
        "versionRetentionPeriod": RETENTION.get(recovery, "3600s"),
        "etag": etag_of(record.resource),
        **({"freeTier": True} if record.name.endswith(FIRST_DATABASE) else {}),
    }


def _index(record: Record) -> Body:
    return {**record.resource, "name": record.name, "state": "READY"}


def _field(record: Record) -> Body:
    expires = {"ttlConfig": {"state": "ACTIVE"}} if "ttlConfig" in record.resource else {}
    return {**record.resource, "name": record.name, **expires}


def _schedule(record: Record) -> Body:
    created = record.status.get("created", DAWN)
    times = {"createTime": created, "updateTime": record.status.get("updated", created)}
    return {**record.resource, "name": record.name, **times}
