"""Google's Firestore emulator, with the world's rules, events and data."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from local.resource_store import ResourceStore
from local.services.emulator_keeper import keep
from local.services.emulator_tools import SHORT_LIVED, firestore_command
from local.services.expiry import remove_expired
from local.services.firestore_rules import FIRST_DATABASE, released_rules
from local.services.readiness import restored_mark
from local.services.server import world_of_arguments
from local.whole_file import remove_leftovers, scratch_folder
from local.world import World

HEAP = "-Xmx512m"
EXPORT = "export"
OTHERS = "databases"
"""The folder, within the export of the first database, that holds those of the others."""
DATABASES = "firestore.databases"
SAVE_SECONDS = 120.0


class FirestoreEmulator:
    """The emulator of one world; the data of its databases is below `firestore-data` in the world's folder.

    The emulator loads the first database itself as it starts. The others are given to it afterwards.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._data = world.state / "firestore-data"

    def command(self) -> Sequence[str]:
        """The command that starts the emulator with the released rules and the last export."""
        world = self._world
        # Only this process writes here, so other partial folders are left from one that was killed.
        remove_leftovers(self._data / EXPORT)
        rules = world.state / "firestore.rules"
        rules.parent.mkdir(parents=True, exist_ok=True)
        rules.write_text(released_rules(world))
        options = {
            "host": world.address,
            "port": world.ports["firestore"],
            "project_id": world.project,
            "single_project_mode": "false",
            "functions_emulator": f"{world.address}:{world.ports['eventarc']}",
            "rules": rules,
        }
        if (metadata := self._metadata()).exists():
            options["seed_from_export"] = metadata
        arguments = [f"--{name}={value}" for name, value in options.items()]
        return firestore_command(*arguments, java_options=[HEAP, *SHORT_LIVED])

    def environment(self) -> Mapping[str, str] | None:
        """None: the environment of this process."""
        return None

    def after_start(self) -> None:
        """Give it the other databases and the released rules, and remove what has expired."""
        httpx.get(self._world.url("firestore"))
        for name in self._other_databases():
            self._load(name)
        body = {"rules": {"files": [{"name": "firestore.rules", "content": released_rules(self._world)}]}}
        httpx.put(self._emulator_url(":securityRules"), json=body, timeout=30).raise_for_status()
        remove_expired(self._world)

    def save(self) -> None:
        """Export all databases and replace the export before."""
        kept, old = self._data / EXPORT, self._data / f"{EXPORT}.old"
        with scratch_folder(kept) as made:
            self._export(FIRST_DATABASE, made, EXPORT)
            others = made / EXPORT / OTHERS
            others.mkdir()
            for name in self._other_databases():
                self._export(name, others, name)
            shutil.rmtree(old, ignore_errors=True)
            if kept.exists():
                kept.rename(old)
            (made / EXPORT).rename(kept)
        shutil.rmtree(old, ignore_errors=True)

    def _other_databases(self) -> list[str]:
        """The databases that the program has declared besides the first one."""
        declared = ResourceStore(self._world).list(DATABASES)
        return [name for record in declared if (name := record.name.rpartition("/")[2]) != FIRST_DATABASE]

    def _export(self, database: str, folder: Path, name: str) -> None:
        self._of_a_database(":export", database, {"export_directory": str(folder), "export_name": name})

    def _load(self, database: str) -> None:
        saved = self._data / EXPORT / OTHERS / database / f"{database}.overall_export_metadata"
        if saved.exists():
            self._of_a_database(":import", database, {"export_directory": str(saved)})

    def _of_a_database(self, action: str, database: str, body: dict[str, str]) -> None:
        named = {"database": f"projects/{self._world.project}/databases/{database}", **body}
        httpx.post(self._emulator_url(action), json=named, timeout=SAVE_SECONDS).raise_for_status()

    def _metadata(self) -> Path:
        """The file that describes the last complete export, even if a save was cut off half-way."""
        old = self._data / f"{EXPORT}.old"
        if old.exists() and not (self._data / EXPORT).exists():
            old.rename(self._data / EXPORT)
        return self._data / EXPORT / f"{EXPORT}.overall_export_metadata"

    def _emulator_url(self, action: str) -> str:
        return f"{self._world.url('firestore')}/emulator/v1/projects/{self._world.project}{action}"


if __name__ == "__main__":
    own_world = world_of_arguments()
    keep(FirestoreEmulator(own_world), restored_mark(own_world, "firestore"))
