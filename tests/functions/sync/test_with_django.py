"""Both halves for real: a change on one side appears on the other."""

# ruff: noqa: S608 - the statements are the tests' own

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from google.cloud import firestore
from pydantic import SecretStr

from sync.django_client import DjangoClient
from sync.documents import MemberWrite, WriteFate, WriteResult
from sync.firestore_store import FirestoreStore
from sync.order import Order
from sync.reconcile import Reconciler
from sync.service import Sync
from tests.functions.both_halves import (
    ANNA,
    JON,
    Site,
    ask,
    blank_profile,
    stored,
    update_times,
)
from tests.functions.conftest import NO_WAIT


@pytest.fixture
def sync(real_sync: Sync) -> Sync:
    return real_sync


def test_a_member_made_by_staff_appears_in_firestore(
    sync: Sync, site: Site, client: firestore.Client
) -> None:
    site.add(JON)

    result = sync.run(Order())

    document = stored(client, JON)
    assert result["status"] == "success"
    assert document["name"] == "Jón Jónsson"
    assert document["profile"] == blank_profile() | {
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

    assert (drift["differences"], drift["repaired"], drift["unrepaired"]) == (3, 2, 1)
    assert site.contact(kennitalas[5], "email") == "nytt@example.is"
    assert stored(client, kennitalas[9])["membership"]["status"] == "active"
    again = sync.run(Order(mode="full"))["drift"]
    # The document that is gone is a deletion that waits for a person.
    assert (again["differences"], again["in_firestore"], again["in_django"]) == (1, 119, 120)


def test_a_wrong_token_fails_the_run_and_gives_nobody_up(
    sync: Sync, site: Site, client: firestore.Client
) -> None:
    site.add(JON)
    real = sync.reconciler
    peer = DjangoClient(site.base_url, SecretStr(uuid.uuid4().hex), NO_WAIT)
    refused = replace(sync, reconciler=Reconciler(real.store, peer, real.field_map, NO_WAIT))

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
