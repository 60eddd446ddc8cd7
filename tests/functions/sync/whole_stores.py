"""Everything that both stores hold, to show what a run changed and that nothing else did."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from typing import Any
from unittest.mock import ANY

import httpx
from google.cloud import firestore

from sync.field_map import load_field_map
from tests.functions.both_halves import Site
from tests.linode.postgres import find_programs

EXISTENCE = "existence"
GIVEN_HERE = "given by the register"
OWN_MARKS = ("sync", "updatedAt")
"""What a write of the sync leaves in a document besides the synced fields."""
HEARD = "sync_cloudfieldmap"
PATHS = load_field_map().paths
Values = dict[str, Any]
Side = dict[str, Values]


def everything(site: Site, client: firestore.Client) -> tuple[str, dict[str, Any]]:
    """The whole database as SQL, sequences included; every document of every collection with its times.

    Without the moment at which the cloud was heard last, which every call may note.
    """
    command = [str(find_programs() / "pg_dump"), f"--exclude-table-data={HEARD}"]
    command += ["--dbname", site.postgres.url(site.database)]
    sql = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line for line in sql.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
    documents = {
        f"{collection.id}/{found.id}": (found.to_dict(), found.create_time, found.update_time)
        for collection in client.collections()
        for found in collection.stream()
    }
    return "\n".join(lines), documents


def in_django(site: Site, kennitalas: Iterable[str]) -> Side:
    """Members' values by field path, or the reason if a member's values cannot be converted."""
    found: Side = {}
    with httpx.Client(base_url=site.base_url, headers=site.server.headers_of_staff(), timeout=30) as api:
        for kennitala in kennitalas:
            answer = api.get(f"/api/sync/member/{kennitala}/")
            if answer.status_code == httpx.codes.CONFLICT:
                found[kennitala] = {"unconvertible": answer.json()}
            elif answer.status_code != httpx.codes.NOT_FOUND:
                document = answer.raise_for_status().json()["document"]
                found[kennitala] = load_field_map().flatten(document)
    return found


def in_firestore(client: firestore.Client) -> Side:
    """Documents' synced values by field path, and the rest of each, but for the marks of the sync."""
    found: Side = {}
    for snapshot in client.collection("members").stream():
        document = snapshot.to_dict() or {}
        known = {path: _value_at(document, path) for path in PATHS}
        rest = {key: value for key, value in document.items() if key not in ("profile", "membership")}
        found[snapshot.id] = known | {key: rest[key] for key in rest if key not in OWN_MARKS}
    return found


def follow(before: Side, changes: Iterable[dict[str, Any]]) -> Side:
    """The state after these changes; the 'before' of each must be the present state."""
    state = {kennitala: dict(values) for kennitala, values in before.items()}
    for change in changes:
        kennitala, path, after = change["kennitala"], change["field"], change["after"]
        if path == EXISTENCE:
            assert (kennitala in state) == change["before"]
            if after:
                state[kennitala] = dict.fromkeys(PATHS)
            else:
                del state[kennitala]
            continue
        assert state[kennitala].get(path) == change["before"], (kennitala, path)
        yet_to_come = change["reason"] == GIVEN_HERE and after is None
        state[kennitala][path] = ANY if yet_to_come else after
    return state


def _value_at(document: Values, path: str) -> Any:
    value: Any = document
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
