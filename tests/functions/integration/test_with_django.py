"""Both halves for real: the functions' sync, the Firestore emulator, and the host's Django on PostgreSQL.

Staff edit with plain SQL, as `psql` would: the database trigger is what captures a change.
"""

# ruff: noqa: S608 - the statements are the tests' own

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from google.cloud import firestore
from pydantic import SecretStr

from members.profile_update import queue_entry
from sync.django_client import DjangoClient
from sync.documents import MemberWrite, WriteFate, WriteResult
from sync.field_map import load_field_map
from sync.firestore_store import FirestoreStore
from sync.order import Order
from sync.queue_entries import FirestoreQueue
from sync.reconcile import Reconciler
from sync.run_log import FirestoreLog
from sync.runs import Limits, Sync
from tests.functions.conftest import NO_WAIT
from tests.linode.django_server import running_django
from tests.linode.postgres import Postgres, running_postgres

JON = "0101701234"
ANNA = "0202802345"
COLUMNS = "ssn, name, birthday, date_joined, reachable, groupable, gender, housing_situation, status"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@dataclass
class Site:
    """The host's Django and the database beneath it."""

    postgres: Postgres
    database: str
    base_url: str
    token: str

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


@pytest.fixture(scope="module")
def served(postgres: Postgres) -> Iterator[Site]:
    database = "both_halves"
    with running_django(postgres.create_database(database)) as server:
        yield Site(postgres, database, server.base_url, server.token)


@pytest.fixture
def site(served: Site) -> Site:
    """The served site with an empty register, as if it had never seen a cloud."""
    tables = "membership_comrade, membership_membersyncqueue, sync_shadow, sync_intent, sync_conflict"
    served.sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    return served


@pytest.fixture
def sync(site: Site, client: firestore.Client) -> Iterator[Sync]:
    field_map = load_field_map()
    peer = DjangoClient(site.base_url, SecretStr(site.token))
    reconciler = Reconciler(FirestoreStore(client, field_map), peer, field_map, NO_WAIT)
    yield Sync(reconciler, FirestoreQueue(client), FirestoreLog(client), Limits(batch=50, parallel=2))
    peer.close()


def stored(client: firestore.Client, kennitala: str) -> dict[str, Any]:
    return client.collection("members").document(kennitala).get().to_dict() or {}


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


def test_a_member_made_by_staff_appears_in_firestore(
    sync: Sync, site: Site, client: firestore.Client
) -> None:
    site.add(JON)

    result = sync.run(Order())

    document = stored(client, JON)
    assert result["status"] == "success"
    assert document["name"] == "Jón Jónsson"
    assert document["profile"] == {
        "email": None,
        "phone": None,
        "birthday": "1970-01-01",
        "gender": "male",
        "housingSituation": "homeless",
        "reachable": True,
        "groupable": True,
        "address": {"street": None, "postalcode": None, "city": None},
    }
    assert document["membership"]["status"] == "active"
    assert document["membership"]["joined"] == "2019-01-06T16:43:47Z"
    assert document["membership"]["djangoId"] == int(site.column(JON, "id"))
    assert site.queue("pending") == 0


def test_a_members_edit_reaches_postgresql_and_its_entry_is_settled(
    sync: Sync, site: Site, client: firestore.Client
) -> None:
    site.add(JON)
    sync.run(Order())

    entry = ask(client, JON, {"profile.email": "jon@example.is", "profile.gender": "other"})
    sync.reconcile_member(JON)

    assert (site.contact(JON, "email"), site.column(JON, "gender")) == ("jon@example.is", "3")
    settled = client.collection("sync_queue").document(entry).get().to_dict() or {}
    assert settled["status"] == "synced"
    assert settled["syncedAt"] is not None


def test_a_staff_edit_reaches_firestore(sync: Sync, site: Site, client: firestore.Client) -> None:
    site.add(JON)
    sync.run(Order())

    site.sql(f"UPDATE membership_comrade SET name = 'Jón J. Jónsson' WHERE ssn = '{JON}'")
    sync.run(Order())

    assert stored(client, JON)["name"] == "Jón J. Jónsson"
    assert site.queue("pending") == 0


def test_after_agreement_nothing_is_written_on_either_side(
    sync: Sync, site: Site, client: firestore.Client
) -> None:
    site.add(JON, ANNA)
    sync.run(Order())
    ask(client, JON, {"profile.phone": "5551234"})
    sync.run(Order())
    before = (update_times(client), site.sql("SELECT max(id) FROM membership_membersyncqueue"))

    for order in (Order(), Order(mode="full"), Order(members=[JON, ANNA])):
        result = sync.run(order)
        assert result["django_to_firestore"]["written"] == result["firestore_to_django"]["written"] == 0

    assert (update_times(client), site.sql("SELECT max(id) FROM membership_membersyncqueue")) == before


def test_edits_of_both_sides_meet(sync: Sync, site: Site, client: firestore.Client) -> None:
    site.add(JON)
    sync.run(Order())

    ask(client, JON, {"profile.email": "jon@example.is", "profile.housingSituation": "owner"})
    site.sql(f"UPDATE membership_comrade SET name = 'Nýtt Nafn', housing_situation = 2 WHERE ssn = '{JON}'")
    result = sync.run(Order())

    document = stored(client, JON)
    assert (document["name"], document["profile"]["email"]) == ("Nýtt Nafn", "jon@example.is")
    assert document["profile"]["housingSituation"] == "owner"
    assert (site.column(JON, "name"), site.column(JON, "housing_situation")) == ("Nýtt Nafn", "1")
    assert site.sql("SELECT field, lost_on FROM sync_conflict") == "profile.housingSituation|django"
    assert result["django_to_firestore"]["conflicted"] == 1


def test_a_deletion_by_staff_removes_the_document(sync: Sync, site: Site, client: firestore.Client) -> None:
    site.add(JON)
    sync.run(Order())

    site.sql(f"DELETE FROM membership_comrade WHERE ssn = '{JON}'")
    sync.run(Order())

    assert stored(client, JON) == {}
    assert site.queue("pending") == 0


def test_a_write_whose_answer_was_lost_makes_no_conflict(
    sync: Sync, site: Site, client: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add(JON)
    sync.run(Order())
    site.sql(f"UPDATE membership_comrade SET name = 'Nýtt Nafn' WHERE ssn = '{JON}'")
    real = FirestoreStore.write

    def lose(store: FirestoreStore, writes: list[MemberWrite]) -> dict[str, WriteResult]:
        monkeypatch.setattr(FirestoreStore, "write", real)
        return dict.fromkeys(real(store, writes), WriteResult(WriteFate.UNKNOWN))

    monkeypatch.setattr(FirestoreStore, "write", lose)
    sync.run(Order())

    assert stored(client, JON)["name"] == "Nýtt Nafn"
    assert site.sql("SELECT count(*) FROM sync_conflict") == "0"
    assert site.queue("pending") == 0


def test_a_faster_edit_in_the_portal_is_kept(
    sync: Sync, site: Site, client: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add(JON)
    sync.run(Order())
    site.sql(f"UPDATE membership_comrade SET name = 'Nýtt Nafn' WHERE ssn = '{JON}'")
    real = FirestoreStore.write

    def overtaken(store: FirestoreStore, writes: list[MemberWrite]) -> dict[str, WriteResult]:
        monkeypatch.setattr(FirestoreStore, "write", real)
        ask(client, JON, {"profile.email": "hradari@example.is"})
        return real(store, writes)

    monkeypatch.setattr(FirestoreStore, "write", overtaken)
    result = sync.run(Order())

    document = stored(client, JON)
    assert (document["name"], document["profile"]["email"]) == ("Nýtt Nafn", "hradari@example.is")
    assert site.contact(JON, "email") == "hradari@example.is"
    assert result["django_to_firestore"]["retried"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"profile.phone": "símanúmer"},
        {"profile.gender": "Karl"},
        {"profile.reachable": "já"},
        {"profile.birthday": "1970-02-31"},
        {"profile.address": "Dæmigata 1"},
        {"name": "Jón\x00"},
        {"profile.email": "x" * 300},
        {"profile.address.street": "x" * 900_000},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_value_that_cannot_be_is_that_members_dead_letter(
    sync: Sync, site: Site, client: firestore.Client, changes: dict[str, Any]
) -> None:
    site.add(JON, ANNA)
    sync.run(Order())

    entry = ask(client, JON, changes)
    ask(client, ANNA, {"profile.email": "anna@example.is"})
    result = sync.run(Order())

    assert site.contact(ANNA, "email") == "anna@example.is"
    assert site.column(JON, "name") == "Jón Jónsson"
    assert [failure["permanent"] for failure in result["failures"]] == [True]
    assert result["transient_failures"] == 0
    failed = client.collection("sync_queue").document(entry).get().to_dict() or {}
    assert (failed["status"], bool(failed["error"])) == ("failed", True)
    assert site.queue("failed") >= 1
    assert (
        site.sql("SELECT bool_and(dead) FROM membership_membersyncqueue WHERE sync_status = 'failed'") == "t"
    )


def test_the_comparison_repairs_what_nothing_announced(
    sync: Sync, site: Site, client: firestore.Client
) -> None:
    kennitalas = [f"01017{number:05}" for number in range(120)]
    site.add(*kennitalas)
    sync.run(Order())
    members = client.collection("members")
    members.document(kennitalas[5]).update({"profile.email": "nytt@example.is"})
    members.document(kennitalas[9]).update({"membership.status": "left"})
    members.document(kennitalas[70]).delete()

    drift = sync.run(Order(mode="full"))["drift"]

    assert (drift["differences"], drift["repaired"], drift["unrepaired"]) == (3, 3, 0)
    assert site.contact(kennitalas[5], "email") == "nytt@example.is"
    assert stored(client, kennitalas[9])["membership"]["status"] == "active"
    again = sync.run(Order(mode="full"))["drift"]
    assert (again["differences"], again["in_firestore"], again["in_django"]) == (0, 119, 119)


def test_a_dry_run_names_every_difference_and_changes_nothing(
    sync: Sync, site: Site, client: firestore.Client
) -> None:
    site.add(JON, ANNA)
    sync.run(Order())
    client.collection("members").document(JON).update({"profile.email": "nytt@example.is"})
    site.sql(f"UPDATE membership_comrade SET name = 'Anna Önnudóttir' WHERE ssn = '{ANNA}'")
    dump = "SELECT * FROM membership_membersyncqueue, membership_comrade ORDER BY 1, 2"
    before = (update_times(client), site.sql(dump))

    plan = sync.run(Order(mode="full", dry_run=True))["dry_run"]

    said = {
        (entry["kennitala"], side, change["field"], change["after"])
        for entry in plan
        for side, changes in entry["changes"].items()
        for change in changes
    }
    assert said == {
        (JON, "django", "profile.email", "nytt@example.is"),
        (ANNA, "firestore", "name", "Anna Önnudóttir"),
    }
    assert (update_times(client), site.sql(dump)) == before


def test_a_wrong_token_fails_the_run_and_gives_nobody_up(
    sync: Sync, site: Site, client: firestore.Client
) -> None:
    site.add(JON)
    real = sync.reconciler
    peer = DjangoClient(site.base_url, SecretStr(uuid.uuid4().hex), NO_WAIT)
    refused = Sync(Reconciler(real.store, peer, real.field_map, NO_WAIT), sync.queue, sync.logs, sync.limits)

    result = refused.run(Order())
    peer.close()

    assert (result["status"], site.queue("pending"), site.queue("failed")) == ("failed", 1, 0)
    assert "401" in result["error"]


def test_runs_at_the_same_time_agree_in_the_end(sync: Sync, site: Site, client: firestore.Client) -> None:
    kennitalas = [f"01017{number:05}" for number in range(150)]
    site.add(*kennitalas)
    sync.run(Order())
    site.sql("UPDATE membership_comrade SET name = 'Annað Nafn' WHERE ssn LIKE '%7'")
    for kennitala in kennitalas[:20]:
        ask(client, kennitala, {"profile.email": "nytt@example.is"})

    orders = [Order(), Order(members=kennitalas), Order(mode="full"), Order(members=kennitalas[::-1])]
    with ThreadPoolExecutor(len(orders)) as pool:
        list(pool.map(sync.run, orders))
    settled = sync.run(Order(members=kennitalas))

    assert settled["status"] == "success"
    assert settled["django_to_firestore"]["written"] == settled["firestore_to_django"]["written"] == 0
    names = {document.id: document.get("name") for document in client.collection("members").stream()}
    assert names == {
        kennitala: "Annað Nafn" if kennitala.endswith("7") else "Jón Jónsson" for kennitala in kennitalas
    }
    assert [site.contact(kennitala, "email") for kennitala in kennitalas[:20]] == ["nytt@example.is"] * 20
    assert site.sql("SELECT count(*) FROM sync_conflict") == "0"
