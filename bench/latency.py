"""How long an edit takes to reach the other side of a running world, each way.

python -m bench.latency --world NAME
"""

from __future__ import annotations

import argparse
import hashlib
import queue
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import httpx
from google.cloud import firestore
from rich.console import Console

from bench import report
from bench.figures import Latency
from local.django_site import site_client
from local.environment import extend_path
from local.firestore_client import firestore_client
from local.host_manage import manage
from local.logins import STAFF
from local.world import DEFAULT_NAME, ROOT, World, WorldError

EDITS = 50
ARRIVAL_SECONDS = 30.0
POLL_SECONDS = 0.005
PAUSE_SECONDS = 0.2
"""Between two edits, so that the sync carries each one alone."""
TO_FIRESTORE, TO_DJANGO = "Django to Firestore", "Firestore to Django"


@dataclass(frozen=True)
class Subject:
    """The member who is edited, and the ways to do so and to look."""

    django: httpx.Client
    database: firestore.Client
    number: int
    kennitala: str

    def rename(self, name: str) -> None:
        """An edit by staff."""
        seen = {"If-Match": self.django.get(self._path).raise_for_status().headers["ETag"]}
        self.django.patch(self._path, json={"name": name}, headers=seen).raise_for_status()

    def move(self, street: str | None) -> None:
        """An edit by the member: document and queue entry in one batch, as the portal writes them."""
        changes = {"profile.address.street": street}
        entry = self.database.collection("sync_queue").document()
        batch = self.database.batch()
        stamp = {"updatedAt": firestore.SERVER_TIMESTAMP, "lastEdit": entry.id}
        batch.update(self._document, changes | stamp)
        asked = {"kennitala": self.kennitala, "target": "django", "action": "update", "changes": changes}
        state = {"status": "pending", "createdAt": firestore.SERVER_TIMESTAMP, "syncedAt": None}
        batch.create(entry, asked | state)
        batch.commit()

    def in_django(self) -> dict[str, Any]:
        """What the register's API says."""
        return dict(self.django.get(self._path).raise_for_status().json())

    @contextmanager
    def names_in_firestore(self) -> Iterator[queue.Queue[tuple[float, str]]]:
        """Each name, with the moment at which a listener (such as an open portal page) receives it."""
        arrivals: queue.Queue[tuple[float, str]] = queue.Queue()

        def note(documents: list[firestore.DocumentSnapshot[Any]], *_: Any) -> None:
            arrivals.put((time.perf_counter(), (documents[0].to_dict() or {})["name"]))

        watch = self._document.on_snapshot(note)
        try:
            yield arrivals
        finally:
            watch.unsubscribe()

    @property
    def _path(self) -> str:
        return f"/felagar/api/full/{self.number}/"

    @property
    def _document(self) -> firestore.DocumentReference:
        return self.database.collection("members").document(self.kennitala)


def measure(world: World, edits: int = EDITS) -> list[Latency]:
    """Edit the register's first member so often each way, and restore them afterwards."""
    with _subject(world) as subject:
        before = subject.in_django()
        try:
            return [
                Latency.of(TO_FIRESTORE, _to_firestore(subject, edits)),
                Latency.of(TO_DJANGO, _to_django(subject, edits)),
            ]
        finally:
            subject.rename(before["name"])
            subject.move((before["simple_address"] or {}).get("street_address") or None)


def measure_somewhere(world_name: str | None, say: Callable[[str], None]) -> list[Latency]:
    """The same in this world, or in one that is brought up for it and taken away again."""
    if world_name is not None:
        say(f"latency in the world {world_name!r}")
        return measure(World.load(world_name))
    name = f"bench-{secrets.token_hex(2)}"
    say(f"bringing up the world {name!r}")
    try:
        _local("up", name)
        say("latency")
        return measure(World.load(name))
    finally:
        say(f"taking the world {name!r} away")
        _local("clean", name, "--yes")


def _local(command: str, world_name: str, *more: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local", command, "--world", world_name, *more],
        cwd=ROOT,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"`python -m local {command}` failed:\n{done.stdout[-2000:]}")


@contextmanager
def _subject(world: World) -> Iterator[Subject]:
    extend_path()
    token = secrets.token_urlsafe(32)
    command = f"api_tokens add --user {STAFF} --name bench --scopes members.read,members.write --days 1"
    manage(world, command, hashlib.sha256(token.encode()).hexdigest())
    with site_client(world) as django:
        django.headers["Authorization"] = f"Token {token}"
        first = django.get("/felagar/api/full/?page_size=1").raise_for_status().json()["results"][0]
        database = firestore_client(world)
        try:
            yield Subject(django, database, first["id"], first["ssn"])
        finally:
            database.close()


def _to_firestore(subject: Subject, edits: int) -> list[float]:
    seconds = []
    with subject.names_in_firestore() as arrivals:
        for _ in range(edits):
            name = f"Measured {secrets.token_hex(4)}"
            begin = time.perf_counter()
            subject.rename(name)
            seconds.append(_moment_of(name, arrivals) - begin)
            time.sleep(PAUSE_SECONDS)
    return seconds


def _moment_of(name: str, arrivals: queue.Queue[tuple[float, str]]) -> float:
    while True:
        try:
            moment, arrived = arrivals.get(timeout=ARRIVAL_SECONDS)
        except queue.Empty:
            raise RuntimeError(f"no edit arrived in Firestore within {ARRIVAL_SECONDS:.0f} s") from None
        if arrived == name:
            return moment


def _to_django(subject: Subject, edits: int) -> list[float]:
    seconds = []
    for _ in range(edits):
        street = f"Measured {secrets.token_hex(4)}"
        begin = time.perf_counter()
        subject.move(street)
        while (subject.in_django()["simple_address"] or {}).get("street_address") != street:
            if time.perf_counter() - begin > ARRIVAL_SECONDS:
                raise RuntimeError(f"no edit arrived in Django within {ARRIVAL_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)
        seconds.append(time.perf_counter() - begin)
        time.sleep(PAUSE_SECONDS)
    return seconds


def main() -> int:
    """Measure as the arguments say, and print a table, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=__doc__.split("\n")[0])
    parser.add_argument("--world", default=DEFAULT_NAME)
    parser.add_argument("--edits", type=int, default=EDITS, help="so many each way (default: %(default)s)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.edits < 2:
        parser.error("--edits: percentiles need at least two")
    console = Console()
    try:
        latencies = measure(World.load(arguments.world), arguments.edits)
    except (WorldError, RuntimeError, httpx.HTTPError) as error:
        console.print(f"bench: {error}", style="red", markup=False)
        return 1
    if arguments.json:
        console.print_json(data=[asdict(row) for row in latencies])
    else:
        console.print(report.latency_table(latencies))
    return 0


if __name__ == "__main__":
    sys.exit(main())
