"""Each world has an address and a link of its own, which are free again when the world is removed."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from local import places
from local.world import WorldError

pytestmark = pytest.mark.usefixtures("empty_home")


@pytest.fixture
def stack_files(tmp_path: Path) -> list[Path]:
    """None is there yet: a world claims its place before its settings are written."""
    return [tmp_path / "stacks" / f"Pulumi.{name}.yaml" for name in ("one", "two", "three")]


def test_two_worlds_have_places_of_their_own(stack_files: list[Path]) -> None:
    one, two = (places.claim(file) for file in stack_files[:2])
    assert one.address != two.address
    assert not one.network.overlaps(two.network)


def test_a_world_keeps_its_place(stack_files: list[Path]) -> None:
    assert places.claim(stack_files[0]) == places.claim(stack_files[0])


def test_a_world_keeps_its_place_when_one_before_it_becomes_free(stack_files: list[Path]) -> None:
    places.claim(stack_files[0])
    before = places.claim(stack_files[1])
    places.release(stack_files[0])
    assert places.claim(stack_files[1]) == before


def test_the_default_worlds_place_is_given_to_no_other(stack_files: list[Path]) -> None:
    assert places.claim(stack_files[0]).network != IPv4Network("198.51.100.0/30")


def test_a_place_of_a_world_that_is_gone_is_free(stack_files: list[Path]) -> None:
    before = places.claim(stack_files[0])
    stack_files[0].unlink()
    assert places.claim(stack_files[1]) == before


def test_a_released_place_is_free(stack_files: list[Path]) -> None:
    before = places.claim(stack_files[0])
    places.release(stack_files[0])
    assert places.claim(stack_files[1]) == before


def test_a_network_with_a_route_is_left_alone(
    stack_files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_used_networks", lambda: [IPv4Network("198.51.100.4/30")])
    assert places.claim(stack_files[0]).network == IPv4Network("198.51.100.8/30")


def test_no_place_left_is_one_clear_line(stack_files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_used_networks", lambda: [IPv4Network("198.51.100.0/24")])
    with pytest.raises(WorldError, match="all 63 places for worlds are taken"):
        places.claim(stack_files[0])
