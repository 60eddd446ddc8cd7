"""The project's bucket as the second place of the legacy runtime's wheel, in a world's own Cloud Storage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.legacy import bucket, django
from deploy.legacy.debian_package import Package
from deploy.remote.errors import DeployError
from deploy.remote.stack_file import Bucket
from infra.wheel_bucket import ROLES
from local.google.frame import access_tokens
from local.services import iam
from local.services.buckets import BUCKETS, bucket_folder, object_path
from local.services.signing_key import key_of
from local.world import World
from tests.services.declarations import PROJECT, Declarations

pytestmark = pytest.mark.usefixtures("googleapis")
BUCKET = f"{PROJECT}-wheels"
NAME = django.DISTRIBUTION.file_name
WHEEL = b"the wheel"
OPERATOR = "user:gudrun@example.is"


@pytest.fixture
def declared_bucket(declared: Declarations) -> Iterator[Declarations]:
    """What `infra/wheel_bucket.py` declares for one operator."""
    declared.record(BUCKETS, f"b/{BUCKET}", {"name": BUCKET})
    for role in ROLES.values():
        declared.grant(OPERATOR, role, iam.bucket_target(PROJECT, BUCKET))
    folder = bucket_folder(declared.world, BUCKET)
    folder.mkdir(parents=True)
    yield declared
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


@pytest.fixture
def shared(running_world: World) -> Bucket:
    """The bucket, as an operator comes to it."""
    return place(running_world, OPERATOR)


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which packages were fetched from Debian, which here are empty; the pinned wheel is made of them."""
    names: list[str] = []

    def fetch(package: Package, _places: object) -> bytes:
        names.append(package.path)
        return b""

    monkeypatch.setattr(Package, "fetch", fetch)
    monkeypatch.setattr(django, "make", lambda _django, _jquery: WHEEL)
    monkeypatch.setattr(django, "pinned", lambda: hashlib.sha256(WHEEL).hexdigest())
    return names


def place(world: World, member: str) -> Bucket:
    token = access_tokens.issue(key_of(world), [member])
    return Bucket(storage_url=f"{world.url('googleapis')}/storage", name=BUCKET, access_token=token)


def stored(world: World) -> Path:
    return object_path(world, BUCKET, NAME)


@pytest.mark.usefixtures("declared_bucket")
def test_the_deploy_that_makes_the_wheel_keeps_it_for_those_that_cannot(
    shared: Bucket,
    fetched: list[str],
    tmp_path: Path,
    running_world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert django.wheel_file(tmp_path / "one", shared=shared).read_bytes() == WHEEL
    assert stored(running_world).read_bytes() == WHEEL
    assert len(fetched) == 2

    def nowhere(_package: Package, _places: object) -> bytes:
        raise DeployError("is nowhere to be had")

    monkeypatch.setattr(Package, "fetch", nowhere)
    assert django.wheel_file(tmp_path / "another", shared=shared).read_bytes() == WHEEL
    with pytest.raises(DeployError):
        django.wheel_file(tmp_path / "a third")


@pytest.mark.usefixtures("declared_bucket")
def test_another_wheel_than_the_pinned_one_is_not_taken(
    shared: Bucket, fetched: list[str], tmp_path: Path, running_world: World
) -> None:
    bucket.add(shared, NAME, b"somebody's own")
    told: list[str] = []

    assert django.wheel_file(tmp_path, shared=shared, tell=told.append).read_bytes() == WHEEL

    assert len(fetched) == 2
    assert told == [f"{BUCKET}: the wheel there is not the pinned one, and is left alone"]
    assert stored(running_world).read_bytes() == b"somebody's own"


@pytest.mark.usefixtures("declared_bucket")
def test_nothing_else_than_the_pinned_wheel_is_put_there(
    shared: Bucket,
    fetched: list[str],
    tmp_path: Path,
    running_world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(django, "pinned", lambda: "0" * 64)

    assert django.wheel_file(tmp_path, shared=shared).read_bytes() == WHEEL
    assert not stored(running_world).exists()


@pytest.mark.usefixtures("declared_bucket")
def test_who_is_no_operator_makes_the_wheel_and_is_told(
    fetched: list[str], tmp_path: Path, running_world: World
) -> None:
    told: list[str] = []
    stranger = place(running_world, "user:somebody@example.is")

    assert django.wheel_file(tmp_path, shared=stranger, tell=told.append).read_bytes() == WHEEL

    assert len(fetched) == 2
    assert [line.rpartition(": ")[2] for line in told] == ["HTTP 403", "HTTP 403"]
    assert not stored(running_world).exists()


@pytest.mark.usefixtures("fetched")
def test_a_bucket_that_does_not_answer_stops_no_deploy(shared: Bucket, tmp_path: Path) -> None:
    told: list[str] = []
    away = shared.model_copy(update={"storage_url": "http://127.0.0.1:9"})

    assert django.wheel_file(tmp_path, shared=away, tell=told.append).read_bytes() == WHEEL
    assert all("\n" not in line for line in told)
    assert len(told) == 2
