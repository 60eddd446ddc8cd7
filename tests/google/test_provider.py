"""Our own provider is a client of the front ends: it creates, reads, changes and deletes by HTTP alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.provider.gcp.catalogue import TYPES
from local.provider.gcp.google_error import GoogleError
from local.provider.gcp.rest_resource import RestResource
from local.provider.resource_type import Call, Urn
from local.world import World

BY_TYPE = {each.pulumi_type: each for each in TYPES}
SECRET = "gcp:secretmanager/secret:Secret"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
SERVICE = "gcp:projects/service:Service"
REPLICATION = {"userManaged": {"replicas": [{"location": "europe-west2"}]}}


class Provider:
    """The provider, without an engine."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._made: list[tuple[str, str, dict[str, Any]]] = []

    def call(self, kind: str, name: str = "one") -> Call:
        settings = {"project": self._world.project, "region": self._world.region}
        urn = Urn(f"urn:pulumi:{self._world.name}::ekklesia::{kind}::{name}")
        return Call(urn, settings, say=lambda _line: None, cancelled=lambda: False)

    def create(self, kind: str, name: str = "one", **inputs: Any) -> tuple[str, dict[str, Any]]:
        call = self.call(kind, name)
        resource_id, outputs = BY_TYPE[kind].create(call, BY_TYPE[kind].complete(call, inputs))
        self._made.append((kind, resource_id, outputs))
        return resource_id, outputs

    def read(self, kind: str, resource_id: str, outputs: dict[str, Any] | None = None) -> Any:
        return BY_TYPE[kind].read(self.call(kind), resource_id, outputs or {})

    def update(self, kind: str, resource_id: str, old: dict[str, Any], **inputs: Any) -> dict[str, Any]:
        call = self.call(kind)
        return BY_TYPE[kind].update(call, resource_id, old, BY_TYPE[kind].complete(call, inputs))

    def delete_all(self) -> None:
        for kind, resource_id, outputs in reversed(self._made):
            BY_TYPE[kind].delete(self.call(kind), resource_id, outputs)
        self._made.clear()


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


def test_what_is_gone_is_not_read_and_may_be_deleted(provider: Provider) -> None:
    name, _ = provider.create(SECRET, secretId="gone", replication={"auto": {}})
    provider.delete_all()
    assert provider.read(SECRET, name) is None


def test_the_same_name_twice_is_refused(provider: Provider) -> None:
    provider.create(SECRET, secretId="twice", replication={"auto": {}})
    with pytest.raises(GoogleError, match=r"409.*already exists"):
        provider.create(SECRET, "two", secretId="twice", replication={"auto": {}})


def test_a_creation_that_was_interrupted_is_taken_over(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call was answered, but the provider was killed before it could say so."""
    kind = BY_TYPE[SECRET]
    assert isinstance(kind, RestResource)
    with monkeypatch.context() as patched:
        patched.setattr(type(kind), "id_of", interrupt)
        patched.setattr("local.provider.gcp.rest_resource._Begun.end", lambda _self: None)
        with pytest.raises(KeyboardInterrupt):
            provider.create(SECRET, secretId="cut", replication={"auto": {}})
    _, outputs = provider.create(SECRET, secretId="cut", replication={"auto": {}}, labels={"of": "a-test"})
    assert outputs["labels"] == {"of": "a-test"}


def interrupt(*_arguments: Any) -> str:
    raise KeyboardInterrupt


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
