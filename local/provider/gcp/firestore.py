"""gcp.firestore: the database, its indexes, the expiry of documents, and the schedules of backups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from local.google.firestore import FEWEST_INDEX_FIELDS, FIELDS, INDEXES, LONGEST_RETENTION_SECONDS, SCHEDULES
from local.google.frame.discovery import DURATION, SchemaName
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_resource import Body
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.properties import is_unknown, without
from local.provider.resource_type import Inputs, Outputs, Problem
from local.services.firestore_rules import DATABASES

PARTS = "indexConfig,ttlConfig"
"""What is declared of a field."""


class Database(RestResource):
    """A Firestore database: the emulator runs as long as one is declared."""

    pulumi_type = "gcp:firestore/database:Database"
    kind = DATABASES
    schema = SchemaName("firestore.v1", "GoogleFirestoreAdminV1Database")
    collection = "projects.databases"
    id_parameter = "databaseId"
    name_template = "projects/{project}/databases/{name}"
    required = ("name", "locationId", "type")
    steering = frozenset({"deletionPolicy"})
    outputs = ("uid", "etag", "createTime", "updateTime", "earliestVersionTime", "versionRetentionPeriod")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The same, under its full name."""
        return {**self.body(inputs), "name": self.name(scope, inputs)}

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Delete the database if it is declared so. By default it is left alone, with all that is in it."""
        if outputs.get("deletionPolicy") == "DELETE":
            super().remove(google, scope, name, outputs)

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The inputs, with the database's own name."""
        return {**super().inputs_of(scope, resource), "name": resource["name"].rsplit("/", 1)[-1]}


class Index(RestResource):
    """A composite index. The emulator needs none; tests compare the queries with the declared indexes."""

    pulumi_type = "gcp:firestore/index:Index"
    kind = INDEXES
    schema = SchemaName("firestore.v1", "GoogleFirestoreAdminV1Index")
    collection = "projects.databases.collectionGroups.indexes"
    is_named_by_google = True
    name_template = "projects/{project}/databases/{database}/collectionGroups/{collection}/indexes"
    required = ("collection", "fields")
    outputs = ("name",)
    is_run: ClassVar[bool] = False

    def name(self, scope: Scope, inputs: Inputs) -> str:
        """The collection's name; the default database if none is named."""
        return super().name(scope, {"database": "(default)", **inputs})

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Declare the index."""
        parent = self.name(scope, inputs).removesuffix("/indexes")
        return self._call(google, "create", self.translate(scope, inputs), parent)

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """Nothing of it can change."""
        return self.get(google, name)

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Indexes that Firestore refuses as unnecessary."""
        fields = [field for field in inputs["fields"] if field.get("fieldPath") != "__name__"]
        vector = any(field.get("vectorConfig") for field in fields)
        if len(fields) < FEWEST_INDEX_FIELDS and not vector:
            reason = "this index is not necessary, configure using single field index controls"
            yield Problem("fields", reason)


class Field(RestResource):
    """The indexes of one field, and whether documents expire at its time."""

    pulumi_type = "gcp:firestore/field:Field"
    kind = FIELDS
    schema = SchemaName("firestore.v1", "GoogleFirestoreAdminV1Field")
    collection = "projects.databases.collectionGroups.fields"
    name_template = "projects/{project}/databases/{database}/collectionGroups/{collection}/fields/{field}"
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

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Declare it; every field is there before."""
        return self._call(google, "patch", self.translate(scope, inputs), self.name(scope, inputs))

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """Declare both parts again."""
        return self._call(google, "patch", self.translate(scope, new), name, updateMask=PARTS)

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Leave the field as the database has all fields."""
        self._call(google, "patch", {"name": name}, name, updateMask=PARTS)

    def is_there(self, resource: Body) -> bool:
        """Whether something is declared for the field."""
        return bool(resource.keys() & set(PARTS.split(",")))

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The inputs, with Terraform's form of the indexes."""
        inputs = super().inputs_of(scope, resource)
        if "ttlConfig" in inputs:
            inputs["ttlConfig"] = {}
        if indexes := inputs.get("indexConfig", {}).get("indexes"):
            flat = [{**without(each, ("fields", "state")), **each["fields"][0]} for each in indexes]
            inputs["indexConfig"] = {"indexes": [without(each, ("fieldPath",)) for each in flat]}
        return inputs


class BackupSchedule(RestResource):
    """How often Firestore backs a database up, and how long it keeps that. This is only recorded."""

    pulumi_type = "gcp:firestore/backupSchedule:BackupSchedule"
    kind = SCHEDULES
    schema = SchemaName("firestore.v1", "GoogleFirestoreAdminV1BackupSchedule")
    collection = "projects.databases.backupSchedules"
    is_named_by_google = True
    name_template = "projects/{project}/databases/{database}/backupSchedules"
    required = ("retention",)
    outputs = ("name",)
    is_run: ClassVar[bool] = False

    def name(self, scope: Scope, inputs: Inputs) -> str:
        """The collection's name; the default database if none is named."""
        return super().name(scope, {"database": "(default)", **inputs})

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """What Firestore refuses: both or no recurrence, and backups that are kept longer than 14 weeks."""
        if ("dailyRecurrence" in inputs) == ("weeklyRecurrence" in inputs):
            yield Problem(
                "dailyRecurrence", "exactly one of dailyRecurrence and weeklyRecurrence must be given"
            )
        retention = inputs["retention"]
        if DURATION.fullmatch(str(retention)) and float(retention[:-1]) > LONGEST_RETENTION_SECONDS:
            yield Problem("retention", f"{retention} is longer than 14 weeks")
