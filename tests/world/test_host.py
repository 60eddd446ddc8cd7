"""Fabric deploys to the host of a world, rolls back and reads its status; the host passes the smoke tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from local.host_manage import run_fab
from local.resource_store import ResourceStore
from local.seed.register import MEMBERS
from local.services.buckets import bucket_folder, object_path
from local.services.iam import BINDINGS
from local.world import WorldError
from tests.host.waiting import wait_until
from tests.world.live_world import LiveWorld

CREATOR = "roles/storage.objectCreator"
TIME = re.compile(r"\d+\.\d s")


def serving(world: LiveWorld) -> str:
    return str(json.loads(world.fab("status", "--json"))["release"])


@pytest.fixture
def release(world: LiveWorld) -> Iterator[str]:
    """The release that serves before the test, and again after it."""
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
    assert set(status["units"].values()) == {"active"}
    assert status["workers"] == status["workers_wanted"]
    assert status["queue"]["failed"] == 0


def test_a_backup_is_in_the_bucket_without_anybodys_help(world: LiveWorld) -> None:
    made = json.loads(world.fab("backup", "--json").splitlines()[0])["detail"].rpartition("/")[2]
    bucket = f"{world.world.project}-backups"
    assert object_path(world.world, bucket, made).read_bytes().startswith(b"manifest.json.age")
    backups = json.loads(world.fab("status", "--json"))["backups"]
    assert (backups["bucket"], backups["backups"][-1]["name"]) == (bucket, made)
    assert backups["backups"][-1]["copied"]


def test_a_copy_that_google_refuses_is_told_and_made_good(world: LiveWorld) -> None:
    """Without its binding the copy fails; status and the smoke tests say so. With it, the next succeeds."""
    store = ResourceStore(world.world)
    adding = [each for each in store.list(BINDINGS) if each.resource["role"] == CREATOR]
    [binding] = [each for each in adding if each.resource["target"].endswith("-backups")]
    store.delete(BINDINGS, binding.name)
    try:
        with pytest.raises(WorldError, match=r"not copied off it: upload of .*HTTP 403"):
            world.fab("backup")
        with pytest.raises(WorldError, match=r"warning|last backup"):
            world.fab("status", "--check")
        warned = " ".join(json.loads(world.fab("status", "--json"))["warnings"])
        assert "not copied off the host: upload" in warned
        with pytest.raises(WorldError):
            world.fab("smoke", "--only", "off_the_host")
    finally:
        store.put(binding)
    world.fab("backup.copy")
    assert all(each["copied"] for each in json.loads(world.fab("backup.list", "--json"))["backups"])


def test_a_change_is_off_the_host_at_once_when_its_segment_is_handed_over(world: LiveWorld) -> None:
    world.psql("SELECT txid_current(); SELECT pg_switch_wal()")
    now = datetime.fromisoformat(world.shell("date --utc --iso-8601=seconds").strip())

    def is_off() -> bool:
        """What the test before had refused is told until the copier has tried again."""
        told = json.loads(world.shell("ekklesia-backup list"))["recovery"]
        well = (told["error"], told["archiver"]) == ("", "")
        return well and bool(told["base"]) and datetime.fromisoformat(told["until"]) >= now

    wait_until(is_off, "the log is in the bucket", 60.0)
    copies = bucket_folder(world.world, f"{world.world.project}-backups").glob("recovery%2F*")
    assert {path.read_bytes()[:21] for path in copies} == {b"age-encryption.org/v1"}


def test_a_drill_on_the_whole_register(world: LiveWorld) -> None:
    """The newest backup is restored and the app boots on it, with 2,174 members; and so is the log."""
    told = [json.loads(line) for line in world.fab("backup.drill", "--json").splitlines()]
    assert told[-1]["step"].count(f"{MEMBERS:,} members") == 2
    assert "lay the repository out" in {step["step"] for step in told}
    assert json.loads(world.fab("status", "--json"))["drill"]["error"] == ""


def test_the_smoke_tests_pass(world: LiveWorld) -> None:
    passed = re.search(r"(\d+) passed", world.fab("smoke"))
    assert passed
    assert int(passed[1]) > 50


def test_a_dry_run_of_the_sync_is_ordered_through_the_host(world: LiveWorld) -> None:
    told = json.loads(world.fab("sync", "--dry-run", "--json"))
    assert told["status"] == "success"
    assert told["drift"]["in_django"] == int(world.psql("select count(*) from membership_comrade"))
    assert len({change["kennitala"] for change in told["changes"]}) <= told["drift"]["differences"]
