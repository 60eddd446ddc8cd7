"""Cloud Storage v1: buckets, their policies, and what is known of their objects.

Buckets are folders of the world, objects their files. `storage_content.py` takes and gives the contents.
"""

from __future__ import annotations

import shutil
import time

from local.google.frame import policies
from local.google.frame.api import Api
from local.google.frame.call import Body, Call, now, without
from local.google.frame.etags import etag_of
from local.google.frame.pages import page
from local.resource_store import Record
from local.services.buckets import BUCKETS, bucket_folder, object_path
from local.services.google_errors import GoogleError, already_exists, invalid
from local.services.iam import bucket_name, bucket_target
from local.services.stored_objects import described, forget, is_object, objects_of

API = Api("storage.v1")


def _target(call: Call) -> str:
    return bucket_target(call.project, call.given["bucket"])


def _condition_name(call: Call) -> str:
    return bucket_name(call.given["bucket"], call.given.get("object", ""))


def _project(call: Call) -> str:
    if call.given.get("project") not in (call.project, str(call.number)):
        raise GoogleError(403, f"The caller has no access to the project {call.given.get('project')}.")
    return f"projects/{call.project}"


@API.serves("buckets.insert", target=_project)
def insert(call: Call) -> Body:
    """Make a bucket."""
    name = call.body["name"]
    if call.store.get(BUCKETS, f"b/{name}"):
        raise already_exists(
            "Your previous request to create the named bucket succeeded and you already own it."
        )
    _require_settings(call.body)
    record = Record(BUCKETS, f"b/{name}", _without_lock(call.body), {"created": now(), "updated": now()})
    bucket_folder(call.world, name).mkdir(parents=True, exist_ok=True)
    call.store.put(record)
    return shown(call, record)


@API.serves("buckets.get", target=_target, condition_name=_condition_name)
def get(call: Call) -> Body:
    """One bucket."""
    return shown(call, existing(call))


@API.serves("buckets.list", target=_project)
def list_(call: Call) -> Body:
    """The project's buckets."""
    found = [shown(call, record) for record in call.store.list(BUCKETS)]
    return {"kind": "storage#buckets", **page(found, "items", call.given)}


@API.serves("buckets.patch", "buckets.update", target=_target, condition_name=_condition_name)
def patch(call: Call) -> Body:
    """Change what was sent, and leave the rest. A locked retention policy stays, and only grows."""
    before = existing(call)
    kept = before.resource if call.method.verb == "PATCH" else {"name": before.resource["name"]}
    after = {**without(kept, call.cleared), **_without_lock(call.body)}
    _require_settings(after)
    _require_kept(before.resource, after)
    return _put(call, before, after)


@API.serves("buckets.lockRetentionPolicy", target=_target, permission="storage.buckets.update")
def lock(call: Call) -> Body:
    """Lock the retention policy for ever."""
    before = existing(call)
    policy = before.resource.get("retentionPolicy")
    if not policy:
        raise invalid("The bucket has no retention policy.")
    return _put(call, before, {**before.resource, "retentionPolicy": {**policy, "isLocked": True}})


@API.serves("buckets.delete", target=_target, condition_name=_condition_name)
def delete(call: Call) -> Body:
    """Delete an empty bucket."""
    record = existing(call)
    name = record.resource["name"]
    if any(objects_of(call.world, name)):
        raise GoogleError(409, f"The bucket {name} you tried to delete is not empty.")
    shutil.rmtree(bucket_folder(call.world, name), ignore_errors=True)
    policies.forget_policy(call, _target(call))
    call.store.delete(BUCKETS, record.name)
    return {}


@API.serves("buckets.getStorageLayout", target=_target, permission="storage.objects.list")
def get_layout(call: Call) -> Body:
    """How a bucket is laid out: flat, in one location."""
    bucket = existing(call).resource
    return {"kind": "storage#storageLayout", "bucket": bucket["name"], "location": bucket["location"]}


@API.serves("buckets.getIamPolicy", target=_target)
def get_policy(call: Call) -> Body:
    """Who may do what with a bucket."""
    existing(call)
    return {**policies.policy_of(call, _target(call)), "kind": "storage#policy"}


@API.serves("buckets.setIamPolicy", target=_target)
def set_policy(call: Call) -> Body:
    """Replace that."""
    existing(call)
    return {**policies.set_policy(call, _target(call), call.body), "kind": "storage#policy"}


@API.serves("objects.get", target=_target, condition_name=_condition_name)
def get_object(call: Call) -> Body:
    """What is known of an object."""
    bucket = existing(call).resource["name"]
    path = object_path(call.world, bucket, call.given["object"])
    if not is_object(path):
        raise GoogleError(404, f"No such object: {bucket}/{call.given['object']}")
    return described(call.world, bucket, path)


@API.serves("objects.list", target=_target, condition_name=_condition_name)
def list_objects(call: Call) -> Body:
    """The objects of a bucket whose names begin with the prefix."""
    bucket, prefix = existing(call).resource["name"], call.given.get("prefix", "")
    found = [described(call.world, bucket, path) for path in objects_of(call.world, bucket)]
    within = [each for each in found if each["name"].startswith(prefix)]
    return {"kind": "storage#objects", **page(within, "items", call.given)}


@API.serves("objects.delete", target=_target, condition_name=_condition_name)
def delete_object(call: Call) -> Body:
    """Delete an object that the bucket's policy does not retain any more."""
    bucket = existing(call)
    path = object_path(call.world, bucket.resource["name"], call.given["object"])
    if not is_object(path):
        raise GoogleError(404, f"No such object: {bucket.resource['name']}/{call.given['object']}")
    policy = bucket.resource.get("retentionPolicy")
    if policy and path.stat().st_mtime > time.time() - int(policy["retentionPeriod"]):
        raise GoogleError(403, f"Object '{call.given['object']}' is subject to bucket's retention policy")
    forget(call.store, bucket.resource["name"], path)
    return {}


def existing(call: Call) -> Record:
    """The bucket in the path. Raises GoogleError 404."""
    record = call.store.get(BUCKETS, f"b/{call.given['bucket']}")
    if record is None:
        raise GoogleError(404, "The specified bucket does not exist.")
    return record


def shown(call: Call, record: Record) -> Body:
    """The bucket as the API has it."""
    name = record.resource["name"]
    times = {"timeCreated": record.status.get("created"), "updated": record.status.get("updated")}
    return {
        "storageClass": "STANDARD",
        **record.resource,
        **{key: value for key, value in times.items() if value},
        "kind": "storage#bucket",
        "id": name,
        "selfLink": f"{call.world.url('googleapis')}/storage/v1/b/{name}",
        "projectNumber": str(call.number),
        "metageneration": str(record.status.get("metageneration", 1)),
        "etag": etag_of(record.resource),
    }


def _put(call: Call, before: Record, resource: Body) -> Body:
    metageneration = before.status.get("metageneration", 1) + 1
    status = {**before.status, "updated": now(), "metageneration": metageneration}
    record = Record(BUCKETS, before.name, resource, status)
    call.store.put(record)
    return shown(call, record)


def _without_lock(bucket: Body) -> Body:
    """A policy is locked by a method of its own."""
    policy = bucket.get("retentionPolicy")
    if not policy:
        return bucket
    return {**bucket, "retentionPolicy": without(policy, ("isLocked",))}


def _require_settings(bucket: Body) -> None:
    """Two settings that Google keeps apart, and rules that would delete everything."""
    if bucket.get("retentionPolicy") and bucket.get("versioning", {}).get("enabled"):
        raise invalid("A bucket has either object versions or a retention policy.")
    for rule in bucket.get("lifecycle", {}).get("rule", []):
        if not rule.get("condition"):
            raise invalid("A lifecycle rule needs a condition.")


def _require_kept(before: Body, after: Body) -> None:
    old, new = before.get("retentionPolicy"), after.get("retentionPolicy") or {}
    places = {str(each.get("location", "")).upper() for each in (before, {**before, **after})}
    if len(places) > 1:
        raise invalid("The location of a bucket cannot change.")
    if not old or not old.get("isLocked"):
        return
    if int(new.get("retentionPeriod", 0)) < int(old["retentionPeriod"]):
        message = f"Cannot reduce or remove the locked retention policy of {before['name']}."
        raise GoogleError(403, message)
    new["isLocked"] = True
