"""Both halves for real: the functions' sync, the Firestore emulator, and the host's Django on PostgreSQL.

Staff edit with plain SQL, as `psql` would: the database trigger is what captures a change.
"""

# ruff: noqa: S608 - the statements are the tests' own

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from google.cloud import firestore
from pydantic import SecretStr

from members.profile_update import queue_entry
from sync.django_client import DjangoClient
from sync.field_map import nest
from tests.linode.django_server import DjangoServer
from tests.linode.postgres import Postgres
from tools.fields import table

JON = "0101701234"
ANNA = "0202802345"
COLUMNS = "ssn, name, birthday, date_joined, reachable, groupable, gender, housing_situation, status"


@dataclass
class Site:
    """The host's Django and the database beneath it."""

    postgres: Postgres
    database: str
    server: DjangoServer

    @property
    def base_url(self) -> str:
        return self.server.base_url

    @property
    def token(self) -> str:
        return self.server.token

    def peer(self, function: str) -> DjangoClient:
        """Its API, as a function calls it."""
        return DjangoClient(self.base_url, SecretStr(self.server.tokens[function]))

    def sql(self, statement: str) -> str:
        return self.postgres.query(self.database, statement)

    def add(self, *kennitalas: str, name: str = "Jón Jónsson") -> None:
        rows = ", ".join(
            f"('{kennitala}', '{name}', '1970-01-01', '2019-01-06T16:43:47Z', true, true, 1, 6, 'active')"
            for kennitala in kennitalas
        )
        self.sql(f"INSERT INTO membership_comrade ({COLUMNS}) VALUES {rows}")

    def column(self, kennitala: str, name: str) -> str:
        return self.sql(f"SELECT {name} FROM membership_comrade WHERE ssn = '{kennitala}'")

    def contact(self, kennitala: str, name: str) -> str:
        return self.sql(
            f"SELECT {name} FROM membership_contactinfo JOIN membership_comrade ON comrade_id ="
            f" membership_comrade.id WHERE ssn = '{kennitala}'"
        )

    def queue(self, status: str) -> int:
        rows = self.sql(f"SELECT count(*) FROM membership_membersyncqueue WHERE sync_status = '{status}'")
        return int(rows)


def stored(client: firestore.Client, kennitala: str) -> dict[str, Any]:
    return client.collection("members").document(kennitala).get().to_dict() or {}


def blank_profile() -> dict[str, Any]:
    """The profile of a member with required fields only."""
    profile: dict[str, Any] = nest({row.path: row.default for row in table.read()})["profile"]
    return profile


def ask(client: firestore.Client, kennitala: str, changes: dict[str, Any]) -> str:
    """A member's edit in the portal: document and queue entry in one batch."""
    entry = client.collection("sync_queue").document()
    batch = client.batch()
    batch.update(
        client.collection("members").document(kennitala),
        {**changes, "updatedAt": firestore.SERVER_TIMESTAMP, "lastEdit": entry.id},
    )
    batch.create(entry, queue_entry(kennitala, changes))
    batch.commit()
    return str(entry.id)


def update_times(client: firestore.Client) -> dict[str, Any]:
    return {document.id: document.update_time for document in client.collection("members").stream()}
