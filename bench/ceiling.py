"""The most that the parts can give: the same documents read and written by nothing but the client library,
and the same rows updated by one statement.

The batches are as large, and as many at once, as the sync's own; a test compares them with
`functions/runtime/settings.py`.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from google.cloud import firestore

from bench.rig import Rig

BATCH = 500
SIDE_BY_SIDE = 2
UPDATE = """
    BEGIN;
    SET LOCAL ekklesia.applying = 'on';
    UPDATE membership_comrade SET name = name, groupable = groupable;
    COMMIT;
"""
"""Each row is written anew, and holds what it held."""


def copy(rig: Rig, client: firestore.Client, documents: dict[str, dict[str, Any]]) -> float:
    """Read and write every document and update every row; members a second."""
    names = list(documents)
    batches = [names[start : start + BATCH] for start in range(0, len(names), BATCH)]
    begin = time.perf_counter()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for _ in pool.map(lambda batch: _copy_batch(client, batch, documents), batches):
            pass
    rig.sql(UPDATE)
    return len(names) / (time.perf_counter() - begin)


def _copy_batch(client: firestore.Client, names: list[str], documents: dict[str, dict[str, Any]]) -> None:
    references = [client.collection("ceiling").document(name) for name in names]
    found = list(client.get_all(references))
    if len(found) != len(names):
        raise RuntimeError(f"{len(found)} of {len(names)} documents were answered")
    batch = client.batch()
    for reference in references:
        batch.set(reference, documents[reference.id])
    batch.commit()
