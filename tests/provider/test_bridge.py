"""What the schema decides beyond the recorded rows: names that are invented, drift, blocks and sets."""

from __future__ import annotations

from typing import Any

import pytest

from local.provider.bridge.defaults import MARK, completed, plain
from local.provider.bridge.differences import differences
from local.provider.bridge.refusals import refusals
from local.provider.gcp.catalogue import TYPES
from local.provider.gcp.schemas import SCHEMAS
from local.provider.properties import UNKNOWN

BUCKET = SCHEMAS["gcp:storage/bucket:Bucket"]
FUNCTION = SCHEMAS["gcp:cloudfunctionsv2/function:Function"]
INDEX = SCHEMAS["gcp:firestore/index:Index"]
JOB = SCHEMAS["gcp:cloudscheduler/job:Job"]
OBJECT = SCHEMAS["gcp:storage/bucketObject:BucketObject"]
TARGET = {"uri": "https://x.example"}


def changed(schema: Any, state: dict[str, Any], inputs: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(change.name, change.replaces) for change in differences(schema, state, inputs)]


def refused(schema: Any, inputs: dict[str, Any]) -> list[str]:
    return [problem.reason for problem in refusals(schema, inputs, "x")]


def test_every_type_has_a_schema() -> None:
    assert {each.pulumi_type for each in TYPES} <= SCHEMAS.keys()


def test_an_invented_name_stays_until_one_is_given() -> None:
    first = completed(BUCKET, {"location": "EU"}, {}, "backups", b"seed")
    assert first["name"].startswith("backups-")
    assert first[MARK] == ["name", "storageClass"]
    assert completed(BUCKET, {"location": "EU"}, first, "backups", b"other")["name"] == first["name"]
    assert completed(BUCKET, {"location": "EU", "name": "b"}, first, "backups", b"")["name"] == "b"
    assert completed(BUCKET, {"location": "EU"}, {"name": "b", MARK: []}, "backups", b"s")["name"] != "b"


def test_marks_are_in_every_block_and_leave_nothing_behind() -> None:
    given = {"location": "EU", "name": "b", "labels": {"a": "1"}, "cors": [{"methods": ["GET"]}]}
    marked = completed(BUCKET, given, {}, "b", b"")
    assert marked["cors"] == [{"methods": ["GET"], MARK: []}]
    assert marked["labels"] == {"a": "1"}
    assert plain(marked) == {**given, "storageClass": "STANDARD"}


@pytest.mark.parametrize(
    ("schema", "state", "inputs", "found"),
    [
        (BUCKET, {"location": "EU", "versioning": {"enabled": True}}, {"location": "eu"}, []),
        (BUCKET, {"location": "EU", "requesterPays": False}, {"location": "EU"}, []),
        (BUCKET, {"location": "EU", "requesterPays": True}, {"location": "EU"}, [("requesterPays", False)]),
        (BUCKET, {"location": "EU"}, {"location": UNKNOWN}, [("location", True)]),
        (JOB, {"retryConfig": {"retryCount": 3}}, {"retryConfig": {"retryCount": "3"}}, []),
        (JOB, {"httpTarget": {"uri": "https://x/"}}, {"httpTarget": {"uri": "https://x"}}, []),
        (
            BUCKET,
            {"lifecycleRules": [{"action": {"type": "Delete"}, "condition": {"age": 1, "withState": "ANY"}}]},
            {"lifecycleRules": [{"action": {"type": "Delete"}, "condition": {"age": 1}}]},
            [],
        ),
        (
            INDEX,
            {"fields": [{"fieldPath": "a"}, {"fieldPath": "__name__"}]},
            {"fields": [{"fieldPath": "a"}]},
            [],
        ),
        (
            INDEX,
            {"fields": [{"fieldPath": "a"}, {"fieldPath": "__name__", "order": "ASCENDING"}]},
            {"fields": [{"fieldPath": "a"}, {"fieldPath": "__name__", "order": "DESCENDING"}]},
            [("fields[1].order", True)],
        ),
        (
            OBJECT,
            {"customerEncryption": {"encryptionAlgorithm": "AES256", "encryptionKey": "k"}},
            {},
            [
                ("customerEncryption", False),
                ("customerEncryption.encryptionAlgorithm", True),
                ("customerEncryption.encryptionKey", True),
            ],
        ),
    ],
)
def test_only_what_terraform_would_plan_is_a_change(
    schema: Any, state: dict[str, Any], inputs: dict[str, Any], found: list[tuple[str, bool]]
) -> None:
    defaults = plain(completed(schema, {}, {}, "x", b"seed"))
    assert changed(schema, {**defaults, **state}, {**defaults, **inputs}) == found


@pytest.mark.parametrize(
    ("schema", "inputs", "says"),
    [
        (JOB, {"httpTarget": TARGET, "state": "PAUSED"}, "Value for unconfigurable attribute"),
        (JOB, {"httpTarget": [TARGET, TARGET]}, "Too many list items. Attribute http_target supports 1"),
        (JOB, {"httpTarget": "https://x.example"}, "expected http_target.0 to be an object"),
        (JOB, {"httpTarget": TARGET, "retryConfig": {}}, "one of `retry_config.0.max_backoff_duration,"),
        (
            OBJECT,
            {"bucket": "b", "content": "x", "contentType": "a", "forceEmptyContentType": True},
            "Conflicting configuration arguments",
        ),
    ],
)
def test_what_contradicts_the_schema_is_refused(schema: Any, inputs: dict[str, Any], says: str) -> None:
    found = refused(schema, plain(completed(schema, inputs, {}, "x", b"seed")))
    assert any(says in reason for reason in found), found


def test_nothing_is_refused_for_what_is_not_known_yet() -> None:
    inputs = {"name": UNKNOWN, "location": UNKNOWN, "serviceConfig": UNKNOWN}
    trigger = {"eventType": UNKNOWN, "retryPolicy": UNKNOWN, "eventFilters": [UNKNOWN]}
    assert refused(FUNCTION, {**inputs, "eventTrigger": trigger}) == []
