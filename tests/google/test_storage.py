"""Buckets and objects, by Google's own client for Cloud Storage, and what a retention policy keeps."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from google.api_core import exceptions
from google.cloud import storage  # type: ignore[attr-defined]  # published without types
from google.oauth2.credentials import Credentials

from local.services.buckets import object_path
from local.world import World

DAY = 24 * 3600
CHUNK = 256 * 1024


@pytest.fixture
def client(google_world: World) -> Iterator[storage.Client]:
    made = storage.Client(
        project=google_world.project,
        credentials=Credentials("owner"),
        client_options={"api_endpoint": google_world.url("googleapis")},
    )
    yield made
    made.close()


@pytest.fixture
def bucket(client: storage.Client, google_world: World) -> Iterator[storage.Bucket]:
    made = client.create_bucket(f"{google_world.project}-judged", location="europe-west2")
    yield made
    made.delete(force=True)


def test_objects_are_put_and_given_in_every_way(bucket: storage.Bucket) -> None:
    content = bytes(range(256)) * 2100 + b"\r\n--x\n"
    for way, chunk in {"at-once": None, "in-chunks": CHUNK}.items():
        blob = bucket.blob(f"folder/{way} of it.bin", chunk_size=chunk)
        blob.upload_from_string(content, content_type="application/x-test", checksum="md5")
        found = bucket.get_blob(blob.name)
        assert found is not None
        assert (found.size, found.content_type) == (len(content), "application/x-test")
        assert found.download_as_bytes(checksum="crc32c") == content
        assert found.download_as_bytes(start=5, end=9, checksum=None) == content[5:10]
    names = [each.name for each in bucket.list_blobs(prefix="folder/", page_size=1)]
    assert names == ["folder/at-once of it.bin", "folder/in-chunks of it.bin"]
    bucket.delete_blobs(list(bucket.list_blobs()))
    assert bucket.get_blob(names[0]) is None


def test_a_bucket_is_changed_and_its_policy_too(bucket: storage.Bucket) -> None:
    bucket.labels = {"of": "a-test"}
    bucket.iam_configuration.uniform_bucket_level_access_enabled = True
    bucket.patch()
    bucket.reload()
    assert (bucket.labels, bucket.location) == ({"of": "a-test"}, "europe-west2")
    policy = bucket.get_iam_policy(requested_policy_version=3)
    policy.bindings.append({"role": "roles/storage.objectViewer", "members": {"user:anna@ekklesia.test"}})
    bucket.set_iam_policy(policy)
    assert bucket.get_iam_policy(requested_policy_version=3).bindings == policy.bindings
    with pytest.raises(exceptions.Conflict):
        bucket.set_iam_policy(policy)


def test_a_young_object_keeps_its_bucket(client: storage.Client, google_world: World) -> None:
    made = client.create_bucket(f"{google_world.project}-retained", location="EU")
    made.retention_period = DAY
    made.patch()
    made.blob("backup.age").upload_from_string(b"x")
    with pytest.raises(exceptions.Forbidden, match=r"backup\.age' is subject to bucket's retention policy"):
        made.blob("backup.age").delete()
    with pytest.raises(exceptions.Conflict, match="not empty"):
        made.delete()
    path = object_path(google_world, made.name, "backup.age")
    os.utime(path, (0, path.stat().st_mtime - DAY - 60))
    made.blob("backup.age").delete()
    made.delete()


def test_what_is_locked_only_grows(client: storage.Client, google_world: World) -> None:
    made = client.create_bucket(f"{google_world.project}-locked", location="EU")
    made.retention_period = 90 * DAY
    made.patch()
    made.retention_period = 89 * DAY
    made.patch()
    made.lock_retention_policy()
    for weaker in (88 * DAY, None):
        made.retention_period = weaker
        with pytest.raises(exceptions.Forbidden, match="Cannot reduce or remove the locked retention policy"):
            made.patch()
    made.reload()
    made.retention_period = 91 * DAY
    made.patch()
    assert made.retention_policy_locked
    made.delete()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"retentionPolicy": {"retentionPeriod": "60"}, "versioning": {"enabled": True}}, "either"),
        ({"lifecycle": {"rule": [{"action": {"type": "Delete"}}]}}, "condition"),
        ({"location": "EU", "name": "x", "colour": "red"}, "Unknown name"),
    ],
)
def test_what_google_refuses_of_a_bucket(
    rest: httpx.Client, google_world: World, body: dict[str, Any], says: str
) -> None:
    whole = {"name": f"{google_world.project}-odd", "location": "EU", **body}
    answer = rest.post(f"/storage/v1/b?project={google_world.project}", json=whole)
    assert answer.status_code == 400
    assert says in answer.json()["error"]["message"]
