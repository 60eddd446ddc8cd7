"""The host of a world is one that Fabric deploys to, takes back and looks at; it passes the smoke tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from local.host_manage import run_fab
from tests.world.live_world import LiveWorld

TIME = re.compile(r"\d+\.\d s")


def serving(world: LiveWorld) -> str:
    return str(json.loads(world.fab("status", "--json"))["release"])


@pytest.fixture
def release(world: LiveWorld) -> Iterator[str]:
    """What serves before the test, and again after it."""
    before = serving(world)
    yield before
    if serving(world) != before:
        world.fab("rollback", "--release", before)


def test_a_deploy_and_its_rollback_say_what_they_did_with_times(world: LiveWorld, release: str) -> None:
    deployed = run_fab(world.world, "deploy", "--force").stderr
    after = serving(world)
    assert after != release
    assert after in deployed
    assert len(TIME.findall(deployed)) >= 6
    taken_back = run_fab(world.world, "rollback").stderr
    assert serving(world) == release
    assert release in taken_back
    assert TIME.search(taken_back)


def test_status_shows_a_site_that_is_well(world: LiveWorld) -> None:
    status = json.loads(world.fab("status", "--json"))
    assert status["site"] == "ok"
    assert {status[unit] for unit in ("nginx", "gunicorn", "postgresql", "nftables", "ssh")} == {"active"}


def test_the_smoke_tests_pass(world: LiveWorld) -> None:
    passed = re.search(r"(\d+) passed", world.fab("smoke"))
    assert passed
    assert int(passed[1]) > 50
