"""What changes in place and what needs a new resource, as with Google's real provider."""

from __future__ import annotations

from typing import Any

import pytest

from local.provider.command.local_command import LocalCommand
from local.provider.difference import Kind, changes
from local.provider.gcp.catalogue import TYPES
from local.provider.resource_type import ResourceType

BY_TYPE: dict[str, ResourceType] = {
    **{each.pulumi_type: each for each in TYPES},
    LocalCommand.pulumi_type: LocalCommand(),
}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 1, "b": None}, []),
        ({"a": 1}, {"a": 2}, [("a", Kind.UPDATE)]),
        ({}, {"a": {"b": 1}}, [("a", Kind.ADD)]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1]}}, [("a.b[1]", Kind.DELETE)]),
        ({"a": [{"k": "x", "v": 1}]}, {"a": [{"k": "x", "v": 2}]}, [("a[0].v", Kind.UPDATE)]),
    ],
)
def test_changes_are_found_where_they_are(old: Any, new: Any, found: list[tuple[str, Kind]]) -> None:
    assert [(change.name, change.kind) for change in changes(old, new)] == found


@pytest.mark.parametrize(
    ("resource_type", "old", "new", "replaces"),
    [
        ("gcp:projects/iAMMember:IAMMember", {"role": "roles/a"}, {"role": "roles/b"}, True),
        ("gcp:serviceaccount/account:Account", {"displayName": "a"}, {"displayName": "b"}, False),
        ("gcp:serviceaccount/account:Account", {"accountId": "aaaaaa"}, {"accountId": "bbbbbb"}, True),
        ("gcp:serviceaccount/account:Account", {"project": "demo-a"}, {"project": "demo-b"}, True),
        ("gcp:firestore/database:Database", {"locationId": "a"}, {"locationId": "b"}, True),
        ("gcp:firestore/database:Database", {"concurrencyMode": "a"}, {"concurrencyMode": "b"}, False),
        ("gcp:firestore/index:Index", {"queryScope": "a"}, {"queryScope": "b"}, True),
        ("gcp:firebaserules/ruleset:Ruleset", {"source": {"files": []}}, {"source": {}}, True),
        ("gcp:firebaserules/release:Release", {"rulesetName": "a"}, {"rulesetName": "b"}, False),
        ("gcp:secretmanager/secret:Secret", {"replication": {"auto": {}}}, {"replication": {}}, True),
        ("gcp:secretmanager/secret:Secret", {"labels": {"a": "1"}}, {"labels": {"a": "2"}}, False),
        ("gcp:secretmanager/secretVersion:SecretVersion", {"secretData": "a"}, {"secretData": "b"}, True),
        ("gcp:secretmanager/secretVersion:SecretVersion", {"enabled": True}, {"enabled": False}, False),
        ("gcp:storage/bucket:Bucket", {"location": "EU"}, {"location": "US"}, True),
        ("gcp:storage/bucket:Bucket", {"versioning": {}}, {"versioning": {"enabled": True}}, False),
        ("gcp:storage/bucketObject:BucketObject", {"source": "a"}, {"source": "b"}, True),
        (
            "gcp:cloudfunctionsv2/function:Function",
            {"serviceConfig": {"timeoutSeconds": 1}},
            {"serviceConfig": {"timeoutSeconds": 2}},
            False,
        ),
        ("gcp:cloudfunctionsv2/function:Function", {"location": "a"}, {"location": "b"}, True),
        (
            "gcp:cloudfunctionsv2/function:Function",
            {"eventTrigger": {"triggerRegion": "a"}},
            {"eventTrigger": {"triggerRegion": "b"}},
            True,
        ),
        ("gcp:cloudscheduler/job:Job", {"schedule": "a"}, {"schedule": "b"}, False),
        ("gcp:cloudscheduler/job:Job", {"name": "a"}, {"name": "b"}, True),
        ("gcp:cloudrunv2/serviceIamMember:ServiceIamMember", {"name": "a"}, {"name": "b"}, True),
        ("command:local:Command", {"triggers": ["a"]}, {"triggers": ["b"]}, True),
        ("command:local:Command", {"create": "a"}, {"create": "b"}, False),
    ],
)
def test_only_what_a_resource_is_made_with_replaces_it(
    resource_type: str, old: Any, new: Any, replaces: bool
) -> None:
    found = list(changes(old, new))
    assert found
    assert any(BY_TYPE[resource_type].replaces(change) for change in found) is replaces
