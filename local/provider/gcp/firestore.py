"""gcp.firestore: the database, which is Google's emulator.

Indexes, expiries and schedules of backups are only recorded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import ClassVar

from local.google.frame.discovery import DURATION, SchemaName
from local.provider.gcp.google_error import invalid, not_found
from local.provider.gcp.google_resource import Body, GoogleResource, Status
from local.provider.gcp.scope import Operation, Scope
from local.provider.gcp.world_program import is_up, start_service, stop_service
from local.provider.properties import contains_unknown, is_unknown, without
from local.provider.resource_type import Inputs, Outputs, Problem
from local.resource_store import Record
from local.services import programs
from local.services.firestore_rules import DATABASES

INDEXES = "firestore.indexes"
FIELDS = "firestore.fields"
API = "firestore.googleapis.com"
FEWEST_INDEX_FIELDS = 2
LONGEST_RETENTION_SECONDS = 14 * 7 * 24 * 3600
PROTECTED = "DELETE_PROTECTION_ENABLED"


class Database(GoogleResource):
    """A Firestore database: the emulator runs as long as one is declared."""

    pulumi_type = "gcp:firestore/database:Database"
    kind = DATABASES
    schema = SchemaName("firestore.v1", "GoogleFirestoreAdminV1Database")
    name_template = "projects/{project}/databases/{name}"
    apis = (API,)
    required = ("name", "locationId", "type")
    steering = frozenset({"deletionPolicy"})
    outputs = ("uid", "etag", "createTime", "updateTime", "earliestVersionTime", "versionRetentionPeriod")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The same, under its full name."""
        return {**self.body(inputs), "name": self.name(scope, inputs)}

    def realise(self, operation: Operation, record: Record, inputs: Inputs) -> Status:
        """Start the emulator and wait until it answers."""
        start_service(operation.world, programs.firestore(operation.world))
        return {}

    def unrealise(self, operation: Operation, record: Record, inputs: Inputs) -> None:
        """End the emulator with its last database. Its data stays in the world's folder."""
        if record.resource.get("deleteProtectionState") == PROTECTED:
            raise invalid(f"Database {record.name} has delete protection enabled.")
        if [each.name for each in operation.store.list(DATABASES)] == [record.name]:
            stop_service(operation.world, "firestore")

    def is_alive(self, operation: Operation, record: Record) -> bool:
        """Whether the emulator runs."""
        return is_up(operation.world, "firestore")

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """A fixed id, and empty times, since nobody uses these here."""
        blank = dict.fromkeys(self.outputs, "")
        return {**blank, "uid": hashlib.sha256(record.name.encode()).hexdigest()[:32]}


class Index(GoogleResource):
    """A composite index. The emulator needs none; tests compare the queries with the declared indexes."""

    pulumi_type = "gcp:firestore/index:Index"
    kind = INDEXES
    schema = SchemaName("firestore.v1", "GoogleFirestoreAdminV1Index")
    name_template = "projects/{project}/databases/{database}/collectionGroups/{collection}/indexes"
    apis = (API,)
    required = ("collection", "fields")
    outputs = ("name",)
    is_run: ClassVar[bool] = False

    def name(self, scope: Scope, inputs: Inputs) -> str:
        """The index's name. Google invents the last part; here it is a hash of the fields."""
        collection = super().name(scope, {"database": "(default)", **inputs})
        if contains_unknown(dict(inputs)):
            return f"{collection}/{hashlib.sha256(b'').hexdigest()[:12]}"
        content = json.dumps([inputs["fields"], inputs.get("queryScope", "COLLECTION")], sort_keys=True)
        return f"{collection}/{hashlib.sha256(content.encode()).hexdigest()[:12]}"

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Indexes that Firestore refuses as unnecessary."""
        fields = [field for field in inputs["fields"] if field.get("fieldPath") != "__name__"]
        vector = any(field.get("vectorConfig") for field in fields)
        if len(fields) < FEWEST_INDEX_FIELDS and not vector:
            reason = "this index is not necessary, configure using single field index controls"
            yield Problem("fields", reason)

    def demand(self, operation: Operation, inputs: Inputs) -> None:
        """The database must exist."""
        _require_database(operation, inputs)

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """The index's name."""
        return {"name": record.name}


class Field(GoogleResource):
    """The indexes of one field, and whether documents expire at its time."""

    pulumi_type = "gcp:firestore/field:Field"
    kind = FIELDS
    schema = SchemaName("firestore.v1", "GoogleFirestoreAdminV1Field")
    name_template = "projects/{project}/databases/{database}/collectionGroups/{collection}/fields/{field}"
    apis = (API,)
    required = ("collection", "field")
    outputs = ("name",)
    is_run: ClassVar[bool] = False

    def name(self, scope: Scope, inputs: Inputs) -> str:
        """The field's name; the default database if none is named."""
        return super().name(scope, {"database": "(default)", **inputs})

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The field, under its full name, from which Google takes the field of a single-field index."""
        body: Body = {**self.body(inputs), "name": self.name(scope, inputs)}
        indexes = inputs.get("indexConfig")
        if indexes and not is_unknown(indexes):
            body["indexConfig"] = {"indexes": [self._index(index, inputs) for index in indexes["indexes"]]}
        return body

    def _index(self, index: Inputs, inputs: Inputs) -> Body:
        described = without(index, ("queryScope",))
        scope = {"queryScope": index["queryScope"]} if "queryScope" in index else {}
        return {"fields": [{"fieldPath": inputs["field"], **described}], **scope}

    def demand(self, operation: Operation, inputs: Inputs) -> None:
        """The database must exist."""
        _require_database(operation, inputs)

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """The field's full name."""
        return {"name": record.name}


class BackupSchedule(GoogleResource):
    """How often Firestore backs a database up, and how long it keeps that. This is only recorded."""

    pulumi_type = "gcp:firestore/backupSchedule:BackupSchedule"
    kind = "firestore.backupSchedules"
    schema = SchemaName("firestore.v1", "GoogleFirestoreAdminV1BackupSchedule")
    name_template = "projects/{project}/databases/{database}/backupSchedules"
    apis = (API,)
    required = ("retention",)
    outputs = ("name",)
    is_run: ClassVar[bool] = False

    def name(self, scope: Scope, inputs: Inputs) -> str:
        """The schedule's name. Google invents the last part; here it says how often."""
        how_often = "weekly" if inputs.get("weeklyRecurrence") else "daily"
        return f"{super().name(scope, {'database': '(default)', **inputs})}/{how_often}"

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """What Firestore refuses: both or no recurrence, and backups that are kept longer than 14 weeks."""
        if ("dailyRecurrence" in inputs) == ("weeklyRecurrence" in inputs):
            yield Problem(
                "dailyRecurrence", "exactly one of dailyRecurrence and weeklyRecurrence must be given"
            )
        retention = inputs["retention"]
        if DURATION.fullmatch(str(retention)) and float(retention[:-1]) > LONGEST_RETENTION_SECONDS:
            yield Problem("retention", f"{retention} is longer than 14 weeks")

    def demand(self, operation: Operation, inputs: Inputs) -> None:
        """The database must exist."""
        _require_database(operation, inputs)

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """The schedule's name."""
        return {"name": record.name}


def _require_database(operation: Operation, inputs: Inputs) -> None:
    name = f"projects/{operation.scope.project}/databases/{inputs.get('database', '(default)')}"
    if operation.store.get(DATABASES, name) is None:
        raise not_found(name)
