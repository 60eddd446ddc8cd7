"""The account that builds functions reads their source and writes images and logs, by production's grants."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from local import world as world_module
from local.provider.gcp import function_build
from local.provider.gcp.google_error import GoogleError
from local.provider.gcp.scope import Operation, Scope
from local.resource_store import ResourceStore
from local.services import iam
from local.world import World
from tests.functions.entry_points.granted import PROJECT, Grants

BUILDER = f"function-build@{PROJECT}.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def grants(tmp_path_factory: pytest.TempPathFactory) -> tuple[Grants, ResourceStore]:
    folder = tmp_path_factory.mktemp("grants")
    world = World("builder", PROJECT, "europe-west2", "127.0.0.1", IPv4Network("198.51.100.0/30"), {})
    store = ResourceStore(world)
    store.folder = folder
    return Grants(world, folder), store


@pytest.fixture
def operation(
    grants: tuple[Grants, ResourceStore], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Operation:
    monkeypatch.setattr(world_module, "LOCAL", tmp_path)
    world = World("builder", PROJECT, "europe-west2", "127.0.0.1", IPv4Network("198.51.100.0/30"), {})
    return Operation(Scope(PROJECT, world.region), world, grants[1], "urn", lambda _line: None)


@pytest.fixture
def build(grants: tuple[Grants, ResourceStore]) -> dict[str, object]:
    """What production declares for the build of a function."""
    return dict(grants[0].program.get("Function", "healthz").inputs["buildConfig"])


def test_the_builder_has_what_a_build_needs(operation: Operation, build: dict[str, object]) -> None:
    function_build._require_builder(operation, build)


def test_without_any_one_of_its_grants_nothing_is_built(
    operation: Operation, build: dict[str, object]
) -> None:
    """So each is needed."""
    held = [it for it in operation.store.list(iam.BINDINGS) if BUILDER in it.resource["member"]]
    assert len(held) == 4
    for binding in held:
        operation.store.delete(iam.BINDINGS, binding.name)
        with pytest.raises(GoogleError, match="does not have"):
            function_build._require_builder(operation, build)
        operation.store.put(binding)


@pytest.mark.parametrize("bucket", [f"{PROJECT}-backups", f"{PROJECT}-wheels", "gcf-v2-uploads-1"])
def test_the_builder_reads_no_other_bucket(operation: Operation, bucket: str) -> None:
    name = iam.bucket_name(bucket, "anything")
    for permission in (iam.GET_OBJECT, iam.LIST_OBJECTS, iam.CREATE_OBJECT, "storage.objects.delete"):
        assert not iam.Policies(operation.store).may(
            [f"serviceAccount:{BUILDER}"], permission, iam.bucket_target(PROJECT, bucket), name
        )
