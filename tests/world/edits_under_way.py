"""Members and staff edit all the while, each edit another member's; afterwards none may be missing."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from google.cloud import firestore

from tests.world.live_world import LiveWorld

SOME = "select ssn from membership_comrade where status = 'active' order by ssn desc limit 400"
PAUSE_SECONDS = 0.5
ARRIVAL_SECONDS = 150.0


@dataclass
class Edits:
    """Edits until `stop`; what was written where."""

    world: LiveWorld
    emails: dict[str, str] = field(default_factory=dict)
    """Members' own edits, in Firestore."""
    names: dict[str, str] = field(default_factory=dict)
    """Staff's, in PostgreSQL."""

    def __post_init__(self) -> None:
        self._kennitalas = self.world.psql(SOME).split()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._edit, daemon=True)

    def __enter__(self) -> Edits:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def missing(self) -> dict[str, Any]:
        """Edits that have not reached the other half after a while, by kennitala."""
        deadline = time.monotonic() + ARRIVAL_SECONDS
        while (left := self._missing()) and time.monotonic() < deadline:
            time.sleep(2)
        return left

    def _edit(self) -> None:
        database = self.world.firestore
        for number, kennitala in enumerate(self._kennitalas):
            if self._over.wait(PAUSE_SECONDS):
                return
            if number % 2:
                name = f"Breyttur Maður {number}"
                self.world.psql(f"update membership_comrade set name = '{name}' where ssn = '{kennitala}'")  # noqa: S608
                self.names[kennitala] = name
            else:
                email = f"breytt-{number}@example.is"
                _edit_by_the_member(database, kennitala, email)
                self.emails[kennitala] = email

    def _missing(self) -> dict[str, Any]:
        documents = {
            document.id: document.to_dict() or {}
            for document in self.world.firestore.collection("members").stream()
            if document.id in self.names
        }
        names = {key: name for key, name in self.names.items() if documents.get(key, {}).get("name") != name}
        rows = self.world.psql(
            "select ssn, email from membership_contactinfo join membership_comrade c on c.id = comrade_id"
        )
        arrived = dict(line.split("|") for line in rows.splitlines())
        return names | {key: email for key, email in self.emails.items() if arrived.get(key) != email}


def _edit_by_the_member(database: firestore.Client, kennitala: str, email: str) -> None:
    """Document and queue entry in one batch, as the portal writes them."""
    changes = {"profile.email": email}
    entry = database.collection("sync_queue").document()
    batch = database.batch()
    stamp = {"updatedAt": firestore.SERVER_TIMESTAMP, "lastEdit": entry.id}
    batch.update(database.collection("members").document(kennitala), changes | stamp)
    asked = {"kennitala": kennitala, "target": "django", "action": "update", "changes": changes}
    batch.create(
        entry, asked | {"status": "pending", "createdAt": firestore.SERVER_TIMESTAMP, "syncedAt": None}
    )
    batch.commit()
