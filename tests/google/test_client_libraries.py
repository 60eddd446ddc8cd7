"""Google's own client libraries for Python read and change what the world declares, over REST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import secretmanager_v1
from google.cloud.secretmanager_v1.types import Secret, SecretPayload
from google.iam.v1 import policy_pb2
from google.protobuf.field_mask_pb2 import FieldMask

from local.world import World

Options = Callable[[str], dict[str, Any]]
ACCESSOR = "roles/secretmanager.secretAccessor"


@pytest.fixture
def secrets(options: Options) -> secretmanager_v1.SecretManagerServiceClient:
    return secretmanager_v1.SecretManagerServiceClient(transport="rest", **options("secretmanager"))


def new_secret(client: secretmanager_v1.SecretManagerServiceClient, parent: str, name: str) -> Secret:
    replicas = [{"location": "europe-west2"}]
    secret = Secret(replication={"user_managed": {"replicas": replicas}}, labels={"of": "a-test"})
    return client.create_secret(parent=parent, secret_id=name, secret=secret)


def test_a_secret_lives_and_dies(
    secrets: secretmanager_v1.SecretManagerServiceClient, parent: str, google_world: World
) -> None:
    made = new_secret(secrets, parent, "word")
    assert secrets.get_secret(name=made.name) == made
    assert made.replication.user_managed.replicas[0].location == "europe-west2"

    first = secrets.add_secret_version(parent=made.name, payload=SecretPayload(data=b"mellon"))
    second = secrets.add_secret_version(parent=made.name, payload=SecretPayload(data=b"friend"))
    latest = secrets.access_secret_version(name=f"{parent}/secrets/word/versions/latest")
    assert (latest.name, latest.payload.data) == (second.name, b"friend")
    secrets.disable_secret_version(name=second.name)
    with pytest.raises(exceptions.BadRequest, match="DISABLED"):
        secrets.access_secret_version(name=second.name)
    secrets.destroy_secret_version(name=first.name)
    states = {version.name: version.state.name for version in secrets.list_secret_versions(parent=made.name)}
    assert states == {first.name: "DESTROYED", second.name: "DISABLED"}

    changed = secrets.update_secret(
        secret=Secret(name=made.name, labels={"of": "another"}), update_mask=FieldMask(paths=["labels"])
    )
    assert (dict(changed.labels), changed.replication) == ({"of": "another"}, made.replication)
    secrets.delete_secret(name=made.name)
    with pytest.raises(exceptions.NotFound):
        secrets.get_secret(name=made.name)


def test_secrets_come_in_pages(secrets: secretmanager_v1.SecretManagerServiceClient, parent: str) -> None:
    names = {new_secret(secrets, parent, f"page-{number}").name for number in range(5)}
    request = {"parent": parent, "page_size": 2}
    found = {secret.name for secret in secrets.list_secrets(request=request)}
    assert names <= found
    for name in names:
        secrets.delete_secret(name=name)


def test_a_policy_is_replaced_only_by_who_has_seen_it(
    secrets: secretmanager_v1.SecretManagerServiceClient, parent: str
) -> None:
    made = new_secret(secrets, parent, "guarded")
    policy = secrets.get_iam_policy(request={"resource": made.name})
    policy.bindings.append(policy_pb2.Binding(role=ACCESSOR, members=["user:anna@ekklesia.test"]))
    secrets.set_iam_policy(request={"resource": made.name, "policy": policy})
    present = secrets.get_iam_policy(request={"resource": made.name})
    assert list(present.bindings) == list(policy.bindings)
    with pytest.raises(exceptions.Conflict, match="concurrent policy changes"):
        secrets.set_iam_policy(request={"resource": made.name, "policy": policy})
    secrets.delete_secret(name=made.name)


def test_what_google_refuses_is_refused(
    secrets: secretmanager_v1.SecretManagerServiceClient, parent: str
) -> None:
    with pytest.raises(exceptions.BadRequest, match="must match"):
        new_secret(secrets, parent, "no spaces")
    with pytest.raises(exceptions.NotFound):
        secrets.add_secret_version(parent=f"{parent}/secrets/none", payload=SecretPayload(data=b"x"))
    made = new_secret(secrets, parent, "twice")
    with pytest.raises(exceptions.Conflict, match="already exists"):
        new_secret(secrets, parent, "twice")
    secrets.delete_secret(name=made.name)
