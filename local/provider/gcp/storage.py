"""gcp.storage: buckets and their objects."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from local.google.frame.discovery import SchemaName
from local.provider.archive import archive_bytes, asset_bytes
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_resource import Body
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.properties import Archive, Asset, without
from local.provider.resource_type import Inputs, Outputs, Problem
from local.services.buckets import BUCKETS
from local.services.stored_objects import OBJECTS

NOT_INPUTS = (
    "kind",
    "id",
    "etag",
    "selfLink",
    "projectNumber",
    "metageneration",
    "timeCreated",
    "updated",
)
"""What only Google sets of a bucket; its description does not say so."""


class Bucket(RestResource):
    """A bucket."""

    pulumi_type = "gcp:storage/bucket:Bucket"
    kind = BUCKETS
    schema = SchemaName("storage.v1", "Bucket")
    collection = "buckets"
    name_template = "b/{name}"
    required = ("name", "location")
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

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Make the bucket, and lock its retention policy if it is declared so."""
        body = self.translate(scope, inputs)
        made = google.call("storage.v1", "buckets.insert", body, project=scope.project)
        return self._locked(google, inputs, made)

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """Change what differs; what is no longer declared is taken away."""
        before, after = self.translate(scope, old), self.translate(scope, new)
        gone = dict.fromkeys(before.keys() - after.keys())
        changed = {key: value for key, value in after.items() if before.get(key) != value}
        return self._locked(google, new, self._call(google, "patch", {**gone, **changed}, new["name"]))

    def get(self, google: FrontEnd, name: str) -> Body:
        """The bucket."""
        return self._call(google, "get", None, name.removeprefix("b/"))

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Delete the bucket; with `forceDestroy`, its objects first."""
        bucket = name.removeprefix("b/")
        if outputs.get("forceDestroy"):
            for each in google.call("storage.v1", "objects.list", bucket=bucket).get("items", []):
                google.call("storage.v1", "objects.delete", bucket=bucket, object=each["name"])
        self._call(google, "delete", None, bucket)

    def id_of(self, scope: Scope, resource: Body, inputs: Inputs) -> str:
        """`b/BUCKET`."""
        return self.name(scope, inputs)

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The inputs, with Terraform's names of the settings that Google groups."""
        groups = ("iamConfiguration", "lifecycle", "softDeletePolicy", *NOT_INPUTS)
        inputs: Outputs = without(resource, groups)
        access = resource.get("iamConfiguration", {})
        if "uniformBucketLevelAccess" in access:
            inputs["uniformBucketLevelAccess"] = access["uniformBucketLevelAccess"]["enabled"]
        if "publicAccessPrevention" in access:
            inputs["publicAccessPrevention"] = access["publicAccessPrevention"]
        if rules := resource.get("lifecycle", {}).get("rule"):
            inputs["lifecycleRules"] = rules
        if policy := resource.get("softDeletePolicy"):
            seconds = int(policy["retentionDurationSeconds"])
            inputs["softDeletePolicy"] = {"retentionDurationSeconds": seconds}
        return inputs

    def outputs_of(self, scope: Scope, resource: Body, inputs: Inputs) -> Outputs:
        """Google's addresses of the bucket."""
        known = super().outputs_of(scope, resource, inputs)
        return {**known, "url": f"gs://{resource['name']}", "projectNumber": int(resource["projectNumber"])}

    def _locked(self, google: FrontEnd, inputs: Inputs, present: Body) -> Body:
        wanted = (inputs.get("retentionPolicy") or {}).get("isLocked")
        if not wanted or present["retentionPolicy"].get("isLocked"):
            return present
        seen = {"bucket": inputs["name"], "ifMetagenerationMatch": present["metageneration"]}
        return google.call("storage.v1", "buckets.lockRetentionPolicy", None, **seen)

    def name_of_import(self, scope: Scope, resource_id: str) -> str:
        """`PROJECT/BUCKET`, as Terraform has it, or the REST name."""
        return f"b/{resource_id.rsplit('/', 1)[-1]}"


class BucketObject(RestResource):
    """An object of a bucket. Other content needs a new object."""

    pulumi_type = "gcp:storage/bucketObject:BucketObject"
    kind = OBJECTS
    schema = SchemaName("storage.v1", "Object")
    collection = "objects"
    name_template = "b/{bucket}/o/{name}"
    required = ("bucket", "name")
    steering = frozenset({"detectMd5hash"})
    outputs = ("md5hash", "md5hexhash", "crc32c", "generation", "mediaLink", "selfLink")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The object without its content."""
        return {**self.body(inputs, "source", "content"), "bucket": inputs["bucket"], "name": inputs["name"]}

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Upload the object."""
        return google.upload(inputs["bucket"], self.translate(scope, inputs), _content(inputs))

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """Nothing of it can change."""
        return self.get(google, name)

    def get(self, google: FrontEnd, name: str) -> Body:
        """What is known of the object."""
        bucket, _, item = name.removeprefix("b/").partition("/o/")
        return self._call(google, "get", None, bucket, object=item)

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Delete the object."""
        bucket, _, item = name.removeprefix("b/").partition("/o/")
        self._call(google, "delete", None, bucket, object=item)

    def id_of(self, scope: Scope, resource: Body, inputs: Inputs) -> str:
        """`b/BUCKET/o/NAME`."""
        return self.name(scope, inputs)

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The names; the content is not read back."""
        return {"bucket": resource["bucket"], "name": resource["name"]}

    def name_of_import(self, scope: Scope, resource_id: str) -> str:
        """`BUCKET-OBJECT`, of a bucket without a hyphen, as the real provider has it, or the REST name."""
        bucket, is_split, name = resource_id.partition("-")
        is_name = resource_id.startswith("b/") or not is_split
        return resource_id if is_name else f"b/{bucket}/o/{name}"

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """The object's name, which is known before."""
        return {"outputName": inputs["name"]}

    def outputs_of(self, scope: Scope, resource: Body, inputs: Inputs) -> Outputs:
        """Checksums and addresses."""
        return {
            "md5hash": resource["md5Hash"],
            "md5hexhash": base64.b64decode(resource["md5Hash"]).hex(),
            "crc32c": resource["crc32c"],
            "generation": int(resource["generation"]),
            "mediaLink": resource["mediaLink"],
            "selfLink": resource["selfLink"],
        }


def _content(inputs: Inputs) -> bytes:
    source = inputs.get("source")
    if isinstance(source, Archive):
        return archive_bytes(source)
    if isinstance(source, Asset):
        return asset_bytes(source)
    return str(inputs["content"]).encode()
