"""The account that builds functions reads their source and writes images and logs, by production's grants."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from local.function_runtime.builds import require_builder
from local.resource_store import ResourceStore
from local.services import iam
from local.services.google_errors import GoogleError
from local.world import World
from tests.functions.entry_points.granted import PROJECT, Grants

WORLD = World("builder", PROJECT, "europe-west2", "127.0.0.1", IPv4Network("198.51.100.0/30"), {})
BUILDER = f"function-build@{PROJECT}.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def grants(tmp_path_factory: pytest.TempPathFactory) -> tuple[Grants, ResourceStore]:
    store = ResourceStore(WORLD)
    store.folder = tmp_path_factory.mktemp("grants")
    return Grants(WORLD, store.folder), store


@pytest.fixture
def store(grants: tuple[Grants, ResourceStore]) -> ResourceStore:
    return grants[1]


@pytest.fixture
def build(grants: tuple[Grants, ResourceStore]) -> dict[str, object]:
    """What production declares for the build of a function."""
    return dict(grants[0].program.get("Function", "healthz").inputs["buildConfig"])


def test_the_builder_has_what_a_build_needs(store: ResourceStore, build: dict[str, object]) -> None:
    require_builder(store, WORLD, build)


def test_without_any_one_of_its_grants_nothing_is_built(
    store: ResourceStore, build: dict[str, object]
) -> None:
    """So each is needed."""
    held = [it for it in store.list(iam.BINDINGS) if BUILDER in it.resource["member"]]
    assert len(held) == 4
    for binding in held:
        store.delete(iam.BINDINGS, binding.name)
        with pytest.raises(GoogleError, match="does not have"):
            require_builder(store, WORLD, build)
        store.put(binding)


@pytest.mark.parametrize("bucket", [f"{PROJECT}-backups", f"{PROJECT}-wheels", "gcf-v2-uploads-1"])
def test_the_builder_reads_no_other_bucket(store: ResourceStore, bucket: str) -> None:
    name = iam.bucket_name(bucket, "anything")
    for permission in (iam.GET_OBJECT, iam.LIST_OBJECTS, iam.CREATE_OBJECT, "storage.objects.delete"):
        assert not iam.Policies(store).may(
            [f"serviceAccount:{BUILDER}"], permission, iam.bucket_target(PROJECT, bucket), name
        )
