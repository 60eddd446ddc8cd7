"""gcp.storage: buckets, which are folders of the world, and their objects, which are files."""

from __future__ import annotations

import base64
import hashlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import google_crc32c

from local.google.frame.discovery import SchemaName
from local.provider.archive import archive_bytes, asset_bytes
from local.provider.gcp.google_error import GoogleError, not_found
from local.provider.gcp.google_resource import Body, GoogleResource, Status
from local.provider.gcp.scope import Operation, Scope
from local.provider.properties import Archive, Asset
from local.provider.resource_type import Inputs, Outputs, Problem
from local.resource_store import Record
from local.services.buckets import BUCKETS, bucket_folder, object_path
from local.whole_file import write_whole

OBJECTS = "storage.objects"


class Bucket(GoogleResource):
    """A bucket."""

    pulumi_type = "gcp:storage/bucket:Bucket"
    kind = BUCKETS
    schema = SchemaName("storage.v1", "Bucket")
    name_template = "b/{name}"
    apis = ("storage.googleapis.com",)
    required = ("name", "location")
    immutable = frozenset({"location"})
    steering = frozenset({"forceDestroy"})
    outputs = ("selfLink", "url", "projectNumber", "timeCreated", "updated")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The bucket; Google groups settings that Terraform does not."""
        grouped = ("uniformBucketLevelAccess", "publicAccessPrevention", "lifecycleRules", "softDeletePolicy")
        body: dict[str, Any] = {**self.body(inputs, *grouped), "name": inputs["name"]}
        access: dict[str, Any] = {}
        if "uniformBucketLevelAccess" in inputs:
            access["uniformBucketLevelAccess"] = {"enabled": inputs["uniformBucketLevelAccess"]}
        if "publicAccessPrevention" in inputs:
            access["publicAccessPrevention"] = inputs["publicAccessPrevention"]
        if access:
            body["iamConfiguration"] = access
        if "lifecycleRules" in inputs:
            body["lifecycle"] = {"rule": inputs["lifecycleRules"]}
        if "softDeletePolicy" in inputs:
            seconds = inputs["softDeletePolicy"]["retentionDurationSeconds"]
            body["softDeletePolicy"] = {"retentionDurationSeconds": str(seconds)}
        return body

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Two settings that Google keeps apart."""
        if inputs.get("retentionPolicy") and (inputs.get("versioning") or {}).get("enabled") is True:
            yield Problem("versioning", "a bucket has either object versions or a retention policy")

    def demand(self, operation: Operation, inputs: Inputs) -> None:
        """A locked retention policy stays, and its time is not shortened."""
        present = operation.store.get(BUCKETS, self.name(operation.scope, inputs))
        before = present.resource.get("retentionPolicy") if present else None
        after: Inputs = inputs.get("retentionPolicy") or {}
        shorter = before and int(after.get("retentionPeriod", 0)) < int(before["retentionPeriod"])
        if before and before.get("isLocked") and (shorter or not after.get("isLocked")):
            raise GoogleError(
                403, f"Cannot reduce or remove the locked retention policy of {inputs['name']}."
            )

    def realise(self, operation: Operation, record: Record, inputs: Inputs) -> Status:
        """Make the folder."""
        bucket_folder(operation.world, inputs["name"]).mkdir(parents=True, exist_ok=True)
        return {}

    def unrealise(self, operation: Operation, record: Record, inputs: Inputs) -> None:
        """Remove the folder. If it is not empty, `forceDestroy` must be declared and each object be free."""
        folder = bucket_folder(operation.world, inputs["name"])
        _require_free(folder, record.resource.get("retentionPolicy"))
        if any(folder.iterdir()) and not inputs.get("forceDestroy"):
            raise GoogleError(409, f"The bucket {inputs['name']} you tried to delete is not empty.")
        shutil.rmtree(folder, ignore_errors=True)

    def is_alive(self, operation: Operation, record: Record) -> bool:
        """Whether the folder exists."""
        return bucket_folder(operation.world, str(record.resource["name"])).is_dir()

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """Google's addresses of the bucket."""
        return {
            "url": f"gs://{inputs['name']}",
            "selfLink": f"https://www.googleapis.com/storage/v1/b/{inputs['name']}",
            "projectNumber": operation.scope.number,
            "timeCreated": "",
            "updated": "",
        }

    def name_of_import(self, scope: Scope, resource_id: str) -> str:
        """`PROJECT/BUCKET`, as Terraform has it, or the REST name."""
        return f"b/{resource_id.rsplit('/', 1)[-1]}"


class BucketObject(GoogleResource):
    """An object of a bucket. Other content needs a new object."""

    pulumi_type = "gcp:storage/bucketObject:BucketObject"
    kind = OBJECTS
    schema = SchemaName("storage.v1", "Object")
    name_template = "b/{bucket}/o/{name}"
    apis = ("storage.googleapis.com",)
    required = ("bucket", "name")
    immutable = frozenset({"source", "content", "contentType", "cacheControl", "metadata"})
    steering = frozenset({"detectMd5hash"})
    outputs = ("md5hash", "md5hexhash", "crc32c", "generation", "mediaLink", "selfLink")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The object without its content."""
        return {**self.body(inputs, "source", "content"), "bucket": inputs["bucket"], "name": inputs["name"]}

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Both or neither of `source` and `content`."""
        if ("source" in inputs) == ("content" in inputs):
            yield Problem("source", "exactly one of source and content must be given")

    def demand(self, operation: Operation, inputs: Inputs) -> None:
        """The bucket must exist."""
        if operation.store.get(BUCKETS, f"b/{inputs['bucket']}") is None:
            raise not_found(f"b/{inputs['bucket']}")

    def realise(self, operation: Operation, record: Record, inputs: Inputs) -> Status:
        """Write the file."""
        write_whole(object_path(operation.world, inputs["bucket"], inputs["name"]), _content(inputs))
        return {}

    def unrealise(self, operation: Operation, record: Record, inputs: Inputs) -> None:
        """Remove the file."""
        object_path(operation.world, inputs["bucket"], inputs["name"]).unlink(missing_ok=True)

    def is_alive(self, operation: Operation, record: Record) -> bool:
        """Whether the file exists."""
        return object_path(
            operation.world, str(record.resource["bucket"]), str(record.resource["name"])
        ).exists()

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """The object's name, which is known before."""
        return {"outputName": inputs["name"]}

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """Checksums of the content in Google's forms."""
        content = object_path(operation.world, inputs["bucket"], inputs["name"]).read_bytes()
        digest = hashlib.md5(content, usedforsecurity=False)
        link = (
            f"https://www.googleapis.com/storage/v1/b/{inputs['bucket']}/o/{quote(inputs['name'], safe='')}"
        )
        return {
            "md5hash": base64.b64encode(digest.digest()).decode(),
            "md5hexhash": digest.hexdigest(),
            "crc32c": base64.b64encode(google_crc32c.value(content).to_bytes(4, "big")).decode(),
            "generation": 1,
            "mediaLink": f"{link}?alt=media",
            "selfLink": link,
        }

    def _defaults(self, scope: Scope) -> Outputs:
        return {}


def _require_free(folder: Path, retention: Body | None) -> None:
    """Raise Google's error at an object that the bucket's policy still retains."""
    if retention:
        kept_since = time.time() - int(retention["retentionPeriod"])
        for file in folder.iterdir():
            if file.stat().st_mtime > kept_since:
                raise GoogleError(
                    403, f"Object '{unquote(file.name)}' is subject to bucket's retention policy"
                )


def _content(inputs: Inputs) -> bytes:
    source = inputs.get("source")
    if isinstance(source, Archive):
        return archive_bytes(source)
    if isinstance(source, Asset):
        return asset_bytes(source)
    return str(inputs["content"]).encode()
