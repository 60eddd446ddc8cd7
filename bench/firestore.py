"""Google's own client on the rig's emulator."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from google.cloud import firestore

from bench.rig import Rig


@contextmanager
def client_of(rig: Rig) -> Iterator[firestore.Client]:
    """The client library, pointed at the rig in the only way that it offers."""
    os.environ["FIRESTORE_EMULATOR_HOST"] = rig.firestore
    client = firestore.Client(project=rig.project)
    try:
        yield client
    finally:
        client.close()


def members_in(client: firestore.Client) -> dict[str, dict[str, Any]]:
    """All members' documents by kennitala."""
    return {found.id: found.to_dict() or {} for found in client.collection("members").stream()}
