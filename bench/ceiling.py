"""The most that the parts can give: the same documents read and written by nothing but the client library,
and the same rows updated by one statement.
"""

from __future__ import annotations

import time
from typing import Any

from google.cloud import firestore

from bench.rig import Rig

BATCH = 500
UPDATE = """
    BEGIN;
    SET LOCAL ekklesia.applying = 'on';
    UPDATE membership_comrade SET name = name || '', groupable = NOT groupable;
    COMMIT;
"""


def copy(rig: Rig, client: firestore.Client, documents: dict[str, dict[str, Any]]) -> float:
    """Read and write every document and update every row; members a second."""
    names = list(documents)
    collection = client.collection("ceiling")
    begin = time.perf_counter()
    for start in range(0, len(names), BATCH):
        references = [collection.document(name) for name in names[start : start + BATCH]]
        found = list(client.get_all(references))
        batch = client.batch()
        for reference, _ in zip(references, found, strict=True):
            batch.set(reference, documents[reference.id])
        batch.commit()
    rig.sql(UPDATE)
    return len(names) / (time.perf_counter() - begin)
