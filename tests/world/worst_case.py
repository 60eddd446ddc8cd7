"""`make proof PROOF=worst-case`: both halves and the operator's laptop are lost, and everything comes back.

A world's host is powered off while edits are written, its disk is gone, and so is the rest of the world. Only
what lies elsewhere is left: the bucket with the copies, and the offline key. From these two, and from the
repository of the sources, a new world comes up. What is lost is at most the last minute.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rich.console import Console

from local import backup_key, lifecycle
from local.linode.inside import first_process
from local.linode.machine import Machine
from local.seed import loading
from local.services.buckets import bucket_folder
from local.steps import Steps
from local.sync_run import MEMBERS
from local.world import WorldError
from tests.host.waiting import wait_until
from tests.world.live_world import LiveWorld, name_of_a_world
from tools.proof.proof import Attempt, Portion, Proof

MOST_LOST_SECONDS = 60
SHORTEST_WRITING_SECONDS, LONGEST_WRITING_SECONDS = 70.0, 110.0
INSERT = "INSERT INTO auth_group (name) VALUES (extract(epoch FROM clock_timestamp()));"
WRITE = f"while :; do echo '{INSERT}'; sleep 0.2; done | psql --no-psqlrc --quiet ekklesia"
WRITTEN = "SELECT max(name), count(*), max(id) - min(id) + 1 FROM auth_group WHERE name ~ '^[0-9.]+$'"
NEW_NAME = "Edited Before The Loss"


@dataclass(frozen=True)
class Left:
    """What is left of a world that was lost: a folder with the objects of the bucket, and with the key.

    `off`: when its host was powered off (seconds since 1970); `members`: how many it had;
    `edited`: the number of the member whose name was edited.
    """

    folder: Path
    off: float
    members: int
    edited: str

    @property
    def objects(self) -> Path:
        """The files of the bucket's objects."""
        return self.folder / "objects"

    @property
    def key(self) -> Path:
        """The file of the offline key."""
        return self.folder / "key"


def lose(seed: int, folder: Path) -> Left:
    """Bring a world up, write, power its host off under the writes, and remove all that it had."""
    with name_of_a_world() as name:
        live = LiveWorld(name)
        live.up()
        wait_until(lambda: _has_base_backup(live), "a base backup is off the host")
        live.fab("backup")
        edited = live.psql("SELECT min(ssn) FROM membership_comrade")
        live.psql(f"UPDATE membership_comrade SET name = '{NEW_NAME}' WHERE ssn = '{edited}'")  # noqa: S608
        live.shell(f"systemd-run --quiet --unit=writes --uid=postgres sh -c {shlex.quote(WRITE)}")
        time.sleep(random.Random(seed).uniform(SHORTEST_WRITING_SECONDS, LONGEST_WRITING_SECONDS))
        members = _in_register(live)
        os.kill(first_process(Machine(live.world)), signal.SIGKILL)
        left = Left(folder, time.time(), members, edited)
        shutil.copytree(bucket_folder(live.world, f"{live.world.project}-backups"), left.objects)
        shutil.copy(backup_key.identity_file(name), left.key)
    return left


def _has_base_backup(live: LiveWorld) -> bool:
    return bool(json.loads(live.shell("ekklesia-backup list"))["recovery"]["base"])


def come_back(left: Left) -> Counter[str]:
    """Bring a new world up, and the lost one's data back into both halves. Raises AssertionError."""
    began = time.monotonic()
    with name_of_a_world() as name:
        _up_empty(name)
        live = LiveWorld(name)
        assert (_in_register(live), _in_firestore(live)) == (0, {})
        built = time.monotonic() - began
        bucket = bucket_folder(live.world, f"{live.world.project}-backups")
        shutil.copytree(left.objects, bucket, dirs_exist_ok=True)
        newest = max(left.objects.glob("*.tar"))
        restore = ("restore", f"--identity={left.key}", "--live", "--yes")
        live.fab(*restore, f"--file={newest}")
        live.fab(*restore, "--to=latest")
        serving = time.monotonic() - began
        live.fab("sync", "--after-restore=firestore", "--yes")
        lost = _lost_seconds(live, left)
        _require_both_halves(live, left)
        took = {
            "s until all was built": int(built),
            "s until the site served": int(serving),
            "s until both halves did": int(time.monotonic() - began),
        }
        return Counter({"s of edits lost": lost, **took})


def _up_empty(name: str) -> None:
    """As `make up`, but neither half has a member."""
    no_members = patch.object(loading, "load_members")
    no_sync = patch.object(lifecycle, "_first_sync", return_value=None)
    with no_members, no_sync:
        lifecycle.up(name, Steps(Console(stderr=True)))


def _lost_seconds(live: LiveWorld, left: Left) -> int:
    last, count, span = live.psql(WRITTEN).split("|")
    assert count == span, f"of {span} edits in a row {count} came back"
    lost = left.off - float(last)
    assert 0 <= lost <= MOST_LOST_SECONDS, f"the edits of {lost:.0f} s are lost"
    return int(lost)


def _require_both_halves(live: LiveWorld, left: Left) -> None:
    found = _in_firestore(live)
    assert (_in_register(live), len(found)) == (left.members, left.members)
    assert NEW_NAME in str(found[left.edited])


def _in_register(live: LiveWorld) -> int:
    return int(live.psql("SELECT count(*) FROM membership_comrade"))


def _in_firestore(live: LiveWorld) -> dict[str, dict[str, Any]]:
    """Kennitala → document of each member."""
    return {each.id: each.to_dict() or {} for each in live.firestore.collection(MEMBERS).stream()}


@contextmanager
def _opened() -> Iterator[Attempt]:
    yield _attempt


def _attempt(seed: int, numbers: range) -> Portion:
    try:
        with tempfile.TemporaryDirectory() as folder:
            return Portion(come_back(lose(seed + numbers.start, Path(folder))))
    except (AssertionError, WorldError) as error:
        return Portion(violations=[f"{error}; seed {seed + numbers.start}"])


PROOF = Proof(
    claim="With both halves and the laptop lost, bucket and offline key bring all back but a minute.",
    unit="losses",
    size=1,
    portion=1,
    opened=_opened,
)
