"""Both ways back, on real parts: PostgreSQL by its own dump, Firestore by an import and as a new database."""

# ruff: noqa: S608 - the statements are the tests' own

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from google.cloud import firestore

from sync.decisions import Decisions, RestoreDecision
from sync.held import Decider, NotDecidableError
from sync.order import Order
from sync.service import Sync
from tests.functions.both_halves import ANNA, JON, Site, ask, stored
from tests.linode.postgres import find_programs

SOL, UNNUR = "0303903456", "0404904567"
FULL = Order(mode="full")
OPERATOR = Decider("operator-anna@example", "operator")
Documents = dict[str, dict[str, Any]]


def dump(site: Site) -> str:
    return _program(site, "pg_dump", "--clean", "--if-exists", "--dbname")


def restore(site: Site, sql: str) -> None:
    _program(site, "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", stdin=sql)


def _program(site: Site, name: str, *options: str, stdin: str | None = None) -> str:
    command = [str(find_programs() / name), *options, site.postgres.url(site.database)]
    lines = subprocess.run(command, input=stdin, check=True, capture_output=True, text=True).stdout
    return "\n".join(
        line for line in lines.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))
    )


def export(client: firestore.Client) -> Documents:
    return {
        found.reference.path: found.to_dict() or {}
        for collection in client.collections()
        for found in collection.stream()
    }


def imported(client: firestore.Client, documents: Documents) -> None:
    """Over what is there: documents that were born since stay."""
    for path, fields in documents.items():
        client.document(path).set(fields)


def in_a_new_database(client: firestore.Client, documents: Documents) -> None:
    """As if the program was pointed at another database, which holds only what the export had."""
    for path in export(client):
        client.document(path).delete()
    imported(client, documents)


def day(sync: Sync, site: Site, client: firestore.Client) -> str:
    """A day of edits that the sync carries; the number of whoever joined."""
    site.sql(f"UPDATE membership_comrade SET status = 'left', name = 'Nýtt Nafn' WHERE ssn = '{JON}'")
    ask(client, ANNA, {"profile.email": "new@example.is"})
    site.add(SOL)
    assert sync.run(Order())["status"] == "success"
    assert sync.run(FULL)["status"] == "success"
    return site.column(SOL, "id")


def decide(sync: Sync, site: Site, restored: str) -> dict[str, Any]:
    """With the token of the operators' function, which may call no more than it has to."""
    peer = site.peer("operatordecision")
    deciding = replace(sync, reconciler=replace(sync.reconciler, peer=peer))
    return Decisions(deciding).after_restore(RestoreDecision.parse({"restored": restored}), OPERATOR)


def assert_nothing_is_spread(sync: Sync, site: Site, client: firestore.Client, reason: str) -> None:
    members = site.sql("SELECT ssn, name, status FROM membership_comrade ORDER BY ssn")
    documents = {name: fields for name, fields in export(client).items() if name.startswith("members/")}
    for order in (Order(), FULL, Order(members=[JON])):
        result = sync.run(order)
        assert (result["status"], reason in result["stopped"]) == ("stopped", True)
    for kennitala in (JON, ANNA, SOL):
        sync.reconcile_member(kennitala)
    assert site.sql("SELECT ssn, name, status FROM membership_comrade ORDER BY ssn") == members
    assert {name: f for name, f in export(client).items() if name.startswith("members/")} == documents
    assert reason in site.server.manage("sync_status")


def assert_the_day_is_there(sync: Sync, site: Site, client: firestore.Client, number: str) -> None:
    assert sync.run(FULL)["status"] == "success"
    assert (site.column(JON, "status"), stored(client, JON)["membership"]["status"]) == ("left", "left")
    assert (site.column(JON, "name"), stored(client, JON)["name"]) == ("Nýtt Nafn", "Nýtt Nafn")
    assert site.contact(ANNA, "email") == stored(client, ANNA)["profile"]["email"] == "new@example.is"
    assert site.column(SOL, "id") == str(stored(client, SOL)["membership"]["djangoId"]) == number
    assert site.sql("SELECT count(*) FROM sync_conflict") == "0"


@pytest.fixture
def agreed(real_sync: Sync, site: Site) -> Sync:
    site.add(JON, ANNA)
    for _ in range(2):
        assert real_sync.run(FULL)["status"] == "success"
    return real_sync


def test_the_register_is_restored(agreed: Sync, site: Site, client: firestore.Client) -> None:
    backup = dump(site)
    number = day(agreed, site, client)
    restore(site, backup)
    assert_nothing_is_spread(agreed, site, client, "the register was set back")
    dry = agreed.run(Order(mode="full", dry_run=True, after_restore="register"))
    assert {plan["kennitala"] for plan in dry["dry_run"]} == {JON, ANNA, SOL}
    assert decide(agreed, site, "register")["settled"]
    assert_the_day_is_there(agreed, site, client, number)
    site.add(UNNUR)
    agreed.run(Order())
    assert int(site.column(UNNUR, "id")) > int(number)


@pytest.mark.parametrize("way_back", [imported, in_a_new_database])
def test_firestore_is_restored(
    agreed: Sync,
    site: Site,
    client: firestore.Client,
    way_back: Callable[[firestore.Client, Documents], None],
) -> None:
    backup = export(client)
    number = day(agreed, site, client)
    way_back(client, backup)
    assert_nothing_is_spread(agreed, site, client, "it was set back")
    dry = agreed.run(Order(mode="full", dry_run=True, after_restore="firestore"))
    assert [change for plan in dry["dry_run"] for change in plan["changes"]["django"]] == []
    assert decide(agreed, site, "firestore")["settled"]
    assert_the_day_is_there(agreed, site, client, number)


def test_members_alone_are_imported(agreed: Sync, site: Site, client: firestore.Client) -> None:
    """The epoch is as it was; the first document that was written since shows it."""
    backup = {path: fields for path, fields in export(client).items() if path.startswith("members/")}
    number = day(agreed, site, client)
    imported(client, backup)
    assert agreed.run(FULL)["status"] == "stopped"
    assert_nothing_is_spread(agreed, site, client, "Firestore was set back")
    assert decide(agreed, site, "firestore")["settled"]
    assert_the_day_is_there(agreed, site, client, number)


def test_members_alone_are_gone(agreed: Sync, site: Site, client: firestore.Client) -> None:
    """No document is left that could show it: all deletions are held, and a person may decide."""
    for found in client.collection("members").stream():
        found.reference.delete()
    assert agreed.run(FULL)["held"] == 2
    assert decide(agreed, site, "firestore")["settled"]
    assert agreed.run(FULL)["held"] == 0
    assert stored(client, JON)["name"] == site.column(JON, "name")


def test_nobody_decides_about_a_healthy_pair(agreed: Sync, site: Site) -> None:
    with pytest.raises(NotDecidableError):
        decide(agreed, site, "register")
