"""The collection `/sync_logs`: one document for each run that did anything or failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.cloud import firestore

from .failures import translated

SYNC_LOGS = "sync_logs"
SECONDS = 30.0


@dataclass(frozen=True)
class FirestoreLog:
    """Adds documents and never changes one."""

    client: firestore.Client

    def append(self, document: Mapping[str, Any]) -> str:
        """Keep the record of a run (kennitalas in it are masked already); answers its id."""
        reference = self.client.collection(SYNC_LOGS).document()
        translated(lambda: reference.create(dict(document), timeout=SECONDS))
        return str(reference.id)
