"""What is there when a schedule is over, for the checker: read straight from both stores."""

from __future__ import annotations

from typing import Any

import psycopg
from google.cloud import firestore

from sync.batch_reconciler import NOBODY
from tests.proof.chaos.checker import End
from tests.proof.chaos.history import Values

GENDERS = ("unknown", "male", "female", "other")
HOUSING = ("unknown", "owner", "rental", "cooperative", "family", "other", "homeless")
MEMBERS = """
    SELECT ssn, name, birthday::text, gender, housing_situation, reachable, groupable, status,
        to_char(date_joined AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), comrade.id,
        email, phone, street_address, postal_code, city
    FROM membership_comrade AS comrade
    LEFT JOIN membership_contactinfo AS contact ON contact.comrade_id = comrade.id
    LEFT JOIN membership_simpleaddress AS address ON address.comrade_id = comrade.id
"""
REMEMBERED = """
    SELECT ssn, coalesce(base::text, '') || coalesce(tombstone::text, '') FROM sync_shadow
    UNION ALL SELECT ssn, document::text FROM sync_intent WHERE document IS NOT NULL
    UNION ALL SELECT ssn, django_value::text FROM sync_conflict WHERE django_value IS NOT NULL
    UNION ALL SELECT ssn, firestore_value::text FROM sync_conflict WHERE firestore_value IS NOT NULL
    UNION ALL SELECT ssn, fields_changed::text FROM membership_membersyncqueue
"""
CONFLICTS = "SELECT ssn, field, lost_on, django_value, firestore_value FROM sync_conflict ORDER BY id"
WAITING = (
    "SELECT ssn, sync_status, error_message FROM membership_membersyncqueue WHERE sync_status <> 'synced'"
)
TRACES = """
    SELECT (SELECT count(*) FROM membership_membersyncqueue), (SELECT count(*) FROM sync_intent),
        (SELECT count(*) FROM sync_conflict), (SELECT coalesce(sum(rev), 0) FROM sync_shadow)
"""
Connection = psycopg.Connection[tuple[Any, ...]]


def in_django(connection: Connection) -> dict[str, Values]:
    """The register, with the cloud's paths and values."""
    return {row[0]: _member(row) for row in connection.execute(MEMBERS)}


def _member(row: tuple[Any, ...]) -> Values:
    ssn, name, birthday, gender, housing, reachable, groupable, status, joined, key = row[:10]
    email, phone, street, postal_code, city = (text or None for text in row[10:])
    return {
        "kennitala": ssn,
        "name": name,
        "profile.email": email,
        "profile.phone": phone,
        "profile.birthday": birthday,
        "profile.gender": GENDERS[gender],
        "profile.housingSituation": HOUSING[housing],
        "profile.reachable": reachable,
        "profile.groupable": groupable,
        "profile.address.street": street,
        "profile.address.postalcode": postal_code,
        "profile.address.city": city,
        "membership.status": status,
        "membership.joined": joined.removesuffix(".000000") + "Z",
        "membership.djangoId": key,
    }


def in_firestore(client: firestore.Client) -> tuple[dict[str, Values], dict[str, str]]:
    """The documents, flat, and their update times."""
    documents = list(client.collection("members").stream())
    values = {document.id: _flat(document.to_dict() or {}) for document in documents}
    return values, {document.id: str(document.update_time) for document in documents}


def _flat(document: Values) -> Values:
    flat: Values = {}
    for key, value in document.items():
        if key in ("sync", "updatedAt"):
            continue
        nested = (
            {f"{key}.{path}": leaf for path, leaf in _flat(value).items()}
            if isinstance(value, dict)
            else None
        )
        flat |= {key: value} if nested is None else nested
    return flat


def waiting(connection: Connection, client: firestore.Client) -> list[str]:
    """Rows and entries that are not settled."""
    rows = [f"row of {ssn}: {status} {error}" for ssn, status, error in connection.execute(WAITING)]
    entries = [entry.to_dict() or {} for entry in client.collection("sync_queue").stream()]
    return rows + [f"entry: {entry['status']}" for entry in entries if not _is_settled(entry)]


def _is_settled(entry: dict[str, Any]) -> bool:
    """Synced; or failed because the member was deleted before the change was read."""
    return entry["status"] == "synced" or entry.get("error") == NOBODY


def traces(connection: Connection, client: firestore.Client) -> dict[str, str]:
    """What a run with nothing to do must not change."""
    row = connection.execute(TRACES).fetchone()
    return in_firestore(client)[1] | {"rows, intents, conflicts, revisions": str(row)}


def read_end(connection: Connection, client: firestore.Client, restless: list[str]) -> End:
    """Everything that the checker needs."""
    conflicts = [
        {"kennitala": ssn, "field": field, "lost_on": lost_on, "django": ours, "firestore": theirs}
        for ssn, field, lost_on, ours, theirs in connection.execute(CONFLICTS)
    ]
    remembered: dict[str, str] = {}
    for ssn, text in connection.execute(REMEMBERED):
        remembered[ssn] = remembered.get(ssn, "") + text
    return End(
        in_django(connection),
        in_firestore(client)[0],
        conflicts,
        remembered,
        waiting(connection, client),
        restless,
    )
