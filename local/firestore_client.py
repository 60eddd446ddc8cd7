"""Google's own client for a world's emulator, as the owner, to whom the rules do not apply."""

from __future__ import annotations

import os

from google.cloud import firestore

from local.world import World


def firestore_client(world: World, database: str | None = None) -> firestore.Client:
    """A client of the default database. The library reads the emulator's address from the environment."""
    os.environ["FIRESTORE_EMULATOR_HOST"] = f"{world.address}:{world.ports['firestore']}"
    return firestore.Client(project=world.project, database=database)
