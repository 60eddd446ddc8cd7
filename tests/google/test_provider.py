"""Our own provider is a client of the front ends: it creates, reads, changes and deletes by HTTP alone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.provider.gcp.google_error import GoogleError
from local.provider.properties import Asset
from local.resource_store import Record, ResourceStore
from local.services.firestore_rules import DATABASES
from local.world import World
from tests.google.lives import (
    ACCOUNT,
    BUCKET,
    DATABASE,
    IN_DATABASE,
    LIVES,
    MAPPING,
    OIDC,
    POOL,
    POOL_PROVIDER,
    ROLE,
    filled,
)
from tests.google.provider import BY_TYPE, Provider

SECRET = "gcp:secretmanager/secret:Secret"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
OBJECT = "gcp:storage/bucketObject:BucketObject"
PROTECTED, UNPROTECTED = "DELETE_PROTECTION_ENABLED", "DELETE_PROTECTION_DISABLED"
SERVICE = "gcp:projects/service:Service"
REPLICATION = {"userManaged": {"replicas": [{"location": "europe-west2"}]}}


@pytest.fixture
def provider(google_world: World) -> Iterator[Provider]:
    made = Provider(google_world)
    yield made
    made.delete_all()


def test_a_secret_and_its_version(provider: Provider, google_world: World) -> None:
    inputs: dict[str, Any] = {"secretId": "told", "replication": REPLICATION}
    name, outputs = provider.create(SECRET, **inputs)
    assert name == f"projects/{google_world.project}/secrets/told"
    assert provider.read(SECRET, name)[1] == {**inputs, "project": google_world.project}
    changed = provider.update(SECRET, name, outputs, **inputs, labels={"of": "a-test"})
    assert provider.read(SECRET, name, changed)[2]["labels"] == {"of": "a-test"}

    version, outputs = provider.create(VERSION, secret=name, secretData="mellon", enabled=False)
    assert version == f"{name}/versions/1"
    provider.update(VERSION, version, outputs, secret=name, secretData="mellon", enabled=True)
    assert provider.read(VERSION, version)[1]["secretData"] == "mellon"


@pytest.mark.parametrize(
    ("kind", "name", "inputs", "change"), LIVES, ids=lambda it: it if isinstance(it, str) else ""
)
def test_a_resource_is_made_read_changed_and_deleted(
    provider: Provider, google_world: World, kind: str, name: str, inputs: Any, change: Any
) -> None:
    name, inputs = filled(name, google_world.project), filled(inputs, google_world.project)
    made, outputs = provider.create(kind, **inputs)
    assert made == name
    assert {**provider.read(kind, name)[1], **inputs} == provider.read(kind, name)[1]
    assert provider.read(kind, name, outputs)[2] == outputs
    # What is adopted and declared as it is does not change.
    adopted = provider.read(kind, name)[2]
    declared = provider.complete(kind, inputs)
    assert list(BY_TYPE[kind].differences(provider.call(kind), adopted, {}, declared)) == []
    changed = provider.update(kind, name, outputs, **{**inputs, **change})
    found = provider.read(kind, name, changed)
    assert {**found[2], **change} == found[2]
    provider.delete_all()
    assert provider.read(kind, name) is None


def test_an_app_gets_its_id_from_google(provider: Provider, discovered: Any, google_world: World) -> None:
    kind = "gcp:firebase/webApp:WebApp"
    apps, parent = discovered("firebase.v1beta1").projects().webApps(), f"projects/{google_world.project}"
    before = apps.list(parent=parent).execute()
    name, outputs = provider.create(kind, displayName="Portal")
    assert name == f"projects/{google_world.project}/webApps/{outputs['appId']}"
    assert provider.read(kind, name, outputs)[2] == outputs
    assert provider.update(kind, name, outputs, displayName="Other")["displayName"] == "Other"
    assert apps.get(name=name).execute()["displayName"] == "Other"
    apps.patch(name=name, updateMask="displayName", body={"displayName": "Third"}).execute()
    assert provider.read(kind, name)[1]["displayName"] == "Third"
    apps.remove(name=name, body={}).execute()
    assert provider.read(kind, name) is None
    assert apps.list(parent=parent).execute() == before
    apps.undelete(name=name, body={}).execute()
    provider.delete_all()
    assert provider.read(kind, name) is None


def test_a_database_and_what_is_declared_in_it(provider: Provider, google_world: World) -> None:
    place = {"name": "(default)", "locationId": "europe-west2", "type": "FIRESTORE_NATIVE"}
    inputs = {**place, "deletionPolicy": "DELETE"}
    database, outputs = provider.create(DATABASE, **inputs)
    assert database == f"projects/{google_world.project}/databases/(default)"
    assert place.items() <= provider.read(DATABASE, database)[1].items()
    outputs = provider.update(DATABASE, database, outputs, **inputs, deleteProtectionState=PROTECTED)
    with pytest.raises(GoogleError, match="delete protection"):
        BY_TYPE[DATABASE].delete(provider.call(DATABASE), database, outputs)
    provider.update(DATABASE, database, outputs, **inputs, deleteProtectionState=UNPROTECTED)
    for kind, declared, change in IN_DATABASE:
        name, known = provider.create(kind, kind, **declared)
        assert name.startswith(f"{database}/")
        assert provider.read(kind, name, known)[2] == known
        changed = provider.update(kind, name, known, **{**declared, **change})
        assert {**provider.read(kind, name, changed)[2], **change} == changed
    provider.delete_all()
    assert provider.read(DATABASE, database) is None


def test_what_is_left_to_google_stays_as_somebody_chose_it(
    provider: Provider, database: str, google_world: World
) -> None:
    """`gcloud firestore databases create` chooses an edition, which never changes."""
    declared = {"locationId": "europe-west2", "type": "FIRESTORE_NATIVE"}
    by_gcloud = declared | {"databaseEdition": "STANDARD"}
    ResourceStore(google_world).put(Record(DATABASES, database, by_gcloud))
    _, _, found = provider.read(DATABASE, database)
    given = {**declared, "name": database.rsplit("/", 1)[-1], "concurrencyMode": "OPTIMISTIC"}
    outputs = provider.update(DATABASE, database, found, **given)
    assert (outputs["databaseEdition"], outputs["concurrencyMode"]) == ("STANDARD", "OPTIMISTIC")
    assert provider.read(DATABASE, database)[1]["databaseEdition"] == "STANDARD"


def test_a_database_is_left_alone_unless_it_is_to_be_deleted(provider: Provider) -> None:
    inputs = {"name": "kept-here", "locationId": "europe-west2", "type": "FIRESTORE_NATIVE"}
    database, _ = provider.create(DATABASE, **inputs)
    provider.delete_all()
    assert provider.read(DATABASE, database)
    with pytest.raises(GoogleError, match="already exists"):
        provider.create(DATABASE, **inputs)
    provider.made.append((DATABASE, database, {**inputs, "deletionPolicy": "DELETE"}))


def test_a_deleted_role_keeps_its_id_and_comes_back(provider: Provider, rest: Any) -> None:
    inputs = {"roleId": "taken", "title": "Reads", "permissions": ["a.b.get"]}
    role, _ = provider.create(ROLE, **inputs)
    provider.delete_all()
    assert rest.get(f"/iam/v1/{role}").json()["deleted"] is True
    created = {"roleId": "taken", "role": {"title": "Reads"}}
    parent = role.rsplit("/", 2)[0]
    assert (
        rest.post(f"/iam/v1/{parent}/roles", json=created).json()["error"]["status"] == "FAILED_PRECONDITION"
    )
    assert role not in str(rest.get(f"/iam/v1/{parent}/roles").json())
    assert role in str(rest.get(f"/iam/v1/{parent}/roles?showDeleted=true").json())
    _, outputs = provider.create(ROLE, **{**inputs, "permissions": ["a.b.list"]})
    assert provider.read(ROLE, role, outputs)[2]["permissions"] == ["a.b.list"]


def test_a_grant_is_a_part_of_its_policy(provider: Provider, google_world: World, rest: Any) -> None:
    project = google_world.project
    account, _ = provider.create(ACCOUNT, accountId="granted")
    member = f"serviceAccount:{account.rsplit('/', 1)[-1]}"
    bucket, _ = provider.create(BUCKET, name=f"{project}-open", location="EU")
    grants: dict[str, dict[str, Any]] = {
        "gcp:projects/iAMMember:IAMMember": {
            "condition": {"title": "one", "expression": "resource.name == 'x'"}
        },
        "gcp:serviceaccount/iAMMember:IAMMember": {"serviceAccountId": account},
        "gcp:storage/bucketIAMMember:BucketIAMMember": {"bucket": bucket.removeprefix("b/")},
    }
    for kind, target in grants.items():
        name, outputs = provider.create(kind, role="roles/storage.objectViewer", member=member, **target)
        assert name.split("|")[1:3] == ["roles/storage.objectViewer", member]
        assert provider.read(kind, name, outputs)[2] == outputs
    policy = rest.post(f"/cloudresourcemanager/v1/projects/{project}:getIamPolicy", json={}).json()
    assert {"one"} == {each["condition"]["title"] for each in policy["bindings"]}
    with pytest.raises(GoogleError, match="does not exist"):
        provider.create(
            "gcp:projects/iAMMember:IAMMember",
            role="roles/storage.objectViewer",
            member="serviceAccount:none@" + member.partition("@")[2],
        )
    provider.delete_all()
    policy = rest.post(f"/cloudresourcemanager/v1/projects/{project}:getIamPolicy", json={}).json()
    assert "bindings" not in policy


def test_many_grants_at_once_are_all_kept(provider: Provider, rest: Any, google_world: World) -> None:
    """Each is a part of one policy, which is replaced as a whole."""
    kind = "gcp:projects/iAMMember:IAMMember"
    members = [f"user:u{number}@ekklesia.test" for number in range(12)]
    with ThreadPoolExecutor(len(members)) as pool:
        made = pool.map(
            lambda it: provider.create(kind, it, role="roles/storage.objectViewer", member=it), members
        )
        assert len(list(made)) == len(members)
    policy = rest.post(
        f"/cloudresourcemanager/v1/projects/{google_world.project}:getIamPolicy", json={}
    ).json()
    assert {member for each in policy["bindings"] for member in each["members"]} == set(members)


def test_a_pool_that_was_deleted_keeps_its_id(provider: Provider, rest: Any, google_world: World) -> None:
    pool, _ = provider.create(POOL, workloadIdentityPoolId="again")
    provider.create(
        POOL_PROVIDER,
        workloadIdentityPoolId="again",
        workloadIdentityPoolProviderId="host",
        attributeMapping=MAPPING,
        oidc=OIDC,
    )
    provider.delete_all()
    assert rest.get(f"/iam/v1/{pool}").json()["state"] == "DELETED"
    with pytest.raises(GoogleError, match="409"):
        provider.create(POOL, workloadIdentityPoolId="again")
    rest.post(f"/iam/v1/{pool}:undelete", json={}).raise_for_status()
    assert provider.read(POOL, pool)[2]["state"] == "ACTIVE"


def test_an_object_comes_and_goes_with_its_bucket(provider: Provider, rest: Any, google_world: World) -> None:
    name = f"{google_world.project}-source"
    provider.create(BUCKET, name=name, location="EU", forceDestroy=True)
    _, outputs = provider.create(
        "gcp:storage/bucketObject:BucketObject", bucket=name, name="a/b.txt", content="hello"
    )
    assert outputs["md5hexhash"] == "5d41402abc4b2a76b9719d911017c592"
    answer = rest.get(f"/storage/v1/b/{name}/o/a%2Fb.txt?alt=media")
    assert (answer.text, rest.get(f"/storage/v1/b/{name}/o/a%2Fb.txt").json()["size"]) == ("hello", "5")
    assert rest.delete(f"/storage/v1/b/{name}").status_code == 409


def test_a_read_finds_no_drift_in_what_was_just_made(provider: Provider) -> None:
    secret, _ = provider.create(SECRET, secretId="steady", replication={"auto": {}})
    provider.create(VERSION, secret=secret, secretData="mellon")
    _, bucket = provider.create(BUCKET, location="EU", forceDestroy=True)
    provider.create(OBJECT, bucket=bucket["name"], source=Asset("hash", text="a"))
    for kind, resource_id, outputs in provider.made:
        _, _, found = provider.read(kind, resource_id, outputs)
        assert list(BY_TYPE[kind].differences(provider.call(kind), found, {}, outputs)) == []


def test_what_is_gone_is_not_read_and_may_be_deleted(provider: Provider) -> None:
    name, _ = provider.create(SECRET, secretId="gone", replication={"auto": {}})
    provider.delete_all()
    assert provider.read(SECRET, name) is None


def test_the_same_name_twice_is_refused(provider: Provider) -> None:
    provider.create(SECRET, secretId="twice", replication={"auto": {}})
    with pytest.raises(GoogleError, match=r"409.*already exists"):
        provider.create(SECRET, "two", secretId="twice", replication={"auto": {}})


def test_a_change_by_another_hand_is_seen(provider: Provider, rest: Any) -> None:
    name, outputs = provider.create(SECRET, secretId="drift", replication=REPLICATION, labels={"of": "us"})
    assert provider.read(SECRET, name, outputs)[2] == outputs
    body = {"labels": {"of": "them"}}
    rest.patch(f"/secretmanager/v1/{name}?updateMask=labels", json=body).raise_for_status()
    assert provider.read(SECRET, name, outputs)[2]["labels"] == {"of": "them"}


def test_a_service_is_enabled_and_disabled(provider: Provider, rest: Any, google_world: World) -> None:
    name, _ = provider.create(SERVICE, service="pubsub.googleapis.com")
    assert name == f"projects/{google_world.project}/services/pubsub.googleapis.com"
    provider.delete_all()
    assert provider.read(SERVICE, name) is None
    assert rest.get(f"/serviceusage/v1/{name}").json()["state"] == "DISABLED"
