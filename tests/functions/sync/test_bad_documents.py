"""Documents with bad values, over the real stores: each value stops its own field, and says why."""

# ruff: noqa: S608 - the statements are the tests' own

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from google.cloud import firestore

from members.profile_update import queue_entry
from sync.batch_reconciler import NOBODY
from sync.field_map import load_field_map
from sync.order import Order
from sync.service import Sync
from tests.functions.both_halves import Site, ask, stored
from tests.functions.sync.admin_visitor import logged_in

ALMOST_A_MEBIBYTE = 1_040_000
"""Of one text: with it the document is just below Firestore's limit."""
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "0101700001": ({"profile.phone": "símanúmer"}, "profile.phone is not a phone number"),
    "0101700002": ({"profile.gender": "Karl"}, "profile.gender is not one of unknown, male, female, other"),
    "0101700003": (
        {"profile.reachable": "já"},
        "profile.reachable wants true or false, got str",
    ),
    "0101700004": ({"profile.birthday": "1970-02-31"}, "profile.birthday is not a date YYYY-MM-DD"),
    "0101700005": ({"profile.address": "Dæmigata 1"}, "profile.address is not a map"),
    "0101700006": ({"name": "Jón\x00"}, "name holds a character that is not seen"),
    "0101700007": ({"profile.email": "x" * 250 + "@a.is"}, "profile.email is longer than 254 characters"),
    "0101700008": (
        {"profile.address.street": "x" * ALMOST_A_MEBIBYTE},
        "profile.address.street is longer than 200 characters",
    ),
    "0101700009": ({"profile.email": {"home": "a@a.is"}}, "profile.email has the type dict"),
    "0101700010": (
        {"profile.birthday": datetime(1970, 1, 1, tzinfo=UTC)},
        "profile.birthday has the type DatetimeWithNanoseconds",
    ),
    "0101700011": ({"profile.groupable": math.nan}, "profile.groupable is not a finite number"),
    "0101700012": ({"profile.email": b"\xff"}, "profile.email has the type bytes"),
    "0101700014": ({"profile.reachable": 1}, "profile.reachable wants true or false, got int"),
}
UNKNOWN: dict[str, tuple[dict[str, Any], str]] = {
    "0404040001": ({"profile.noSuchField": "Nonni"}, "profile.noSuchField"),
    "0404040002": (
        {"membership.notes": {"by": "anna"}, "profile.address.country": "IS"},
        "profile.address.country, membership.notes",
    ),
    "0404040003": ({"profile.simi 0404040003\n": None}, "profile.simi 040404-****\n"),
}
"""Unknown fields beside known ones: they are reported, and everything else of the member is synced."""
UNUSUAL: dict[str, dict[str, Any]] = {
    "0202800001": {"hobbies": ["skák"], "newsletter": {"weekly": True}},
    "0202800002": {"sync": firestore.DELETE_FIELD},
    "0202800003": {"sync": "a text"},
    "0202800004": {"sync": {"operation": 7}},
    "0202800005": {"updatedAt": firestore.DELETE_FIELD},
}
"""Values that concern no synced field: no error, and they stay as they are."""
SPOILT = next(iter(UNUSUAL))
NOBODYS = "0303900001"
EMAIL = {"profile.email": "nytt@example.is"}


@pytest.fixture
def agreed(site: Site, real_sync: Sync) -> Sync:
    """Members on whom both sides agree."""
    site.add(*BAD, *UNKNOWN, *UNUSUAL)
    assert real_sync.run(Order())["status"] == "success"
    return real_sync


def test_each_bad_value_rests_and_all_else_is_synced(
    agreed: Sync, site: Site, client: firestore.Client
) -> None:
    entries = {kennitala: ask(client, kennitala, changes) for kennitala, (changes, _) in BAD.items()}
    for kennitala, changes in UNUSUAL.items():
        client.collection("members").document(kennitala).update(changes | EMAIL)
        client.collection("sync_queue").document().create(queue_entry(kennitala, EMAIL))
    client.collection("sync_queue").document(NOBODYS).create(queue_entry(NOBODYS, EMAIL))

    result = agreed.run(Order())

    assert {failure["permanent"] for failure in result["failures"]} == {True}
    assert (len(result["failures"]), result["transient_failures"]) == (len(BAD), 0)
    for kennitala, (changes, reason) in BAD.items():
        if not changes.keys() & set(load_field_map().paths):
            assert _status_of(client, entries[kennitala]) == "synced"  # The entry names no field.
        else:
            assert reason in _error_of(client, entries[kennitala]), kennitala
        assert reason in _resting(site, kennitala), kennitala
        assert reason in str(stored(client, kennitala)["sync"]["resting"]), kennitala
    assert _error_of(client, NOBODYS) == NOBODY
    assert {site.contact(kennitala, "email") for kennitala in UNUSUAL} == {EMAIL["profile.email"]}
    assert site.sql("SELECT count(*) FROM membership_comrade WHERE name <> 'Jón Jónsson'") == "0"
    assert site.queue("pending") == site.queue("failed") == 0


def test_what_staff_own_travels_whatever_a_members_field_holds(
    agreed: Sync, site: Site, client: firestore.Client
) -> None:
    for kennitala, (changes, _) in BAD.items():
        ask(client, kennitala, changes)
    client.collection("members").document(SPOILT).update({"membership": ["active"]})
    agreed.run(Order(mode="full"))
    listed = ", ".join(f"'{kennitala}'" for kennitala in BAD)
    site.sql(f"UPDATE membership_comrade SET status = 'left' WHERE ssn IN ({listed})")

    agreed.run(Order())

    assert {stored(client, kennitala)["membership"]["status"] for kennitala in BAD} == {"left"}
    assert stored(client, SPOILT)["membership"]["status"] == "active"

    gone = [*BAD][:3]
    site.sql(f"DELETE FROM membership_comrade WHERE ssn IN ({', '.join(map(repr, gone))})")
    agreed.run(Order())

    assert [stored(client, kennitala) for kennitala in gone] == [{}] * 3


def test_a_column_that_only_postgresql_can_hold_stops_its_own_field(
    agreed: Sync, site: Site, client: firestore.Client
) -> None:
    first, second, third, other = [*BAD][:4]
    site.sql(
        "UPDATE membership_comrade SET status = 'left', birthday = CASE ssn"
        f" WHEN '{first}' THEN date '10000-01-01' WHEN '{second}' THEN date '0044-03-15 BC'"
        f" ELSE date '19700-01-01' END WHERE ssn IN ('{first}', '{second}', '{third}')"
    )
    site.sql(f"UPDATE membership_comrade SET name = 'Nýtt Nafn' WHERE ssn = '{other}'")
    site.sql(
        "INSERT INTO membership_comrade (ssn, name, date_joined, reachable, groupable, gender,"
        " housing_situation, status) VALUES ('010170-12', 'Jón', now(), true, true, 0, 0, 'active')"
    )

    for order in (Order(), Order(mode="full")):
        result = agreed.run(order)

    assert "error" not in result
    for kennitala in (first, second, third):
        document = stored(client, kennitala)
        assert (document["membership"]["status"], document["profile"]["birthday"]) == ("left", "1970-01-01")
        assert "profile.birthday" in document["sync"]["resting"]
    assert stored(client, other)["name"] == "Nýtt Nafn"
    assert (site.queue("pending"), site.queue("failed")) == (0, 1)
    assert "not ten digits" in _letter(site, "010170-12")
    with logged_in(site) as staff:
        member = site.column(first, "id")
        assert "profile.birthday" in staff.text_of(f"/admin/membership/comrade/{member}/change/")
        assert "not ten digits" in staff.text_of(
            f"/admin/membership/comrade/{site.column('010170-12', 'id')}/change/"
        )


def test_what_is_no_part_of_the_sync_outlives_a_write_of_the_sync(
    agreed: Sync, site: Site, client: firestore.Client
) -> None:
    kennitala = next(iter(UNUSUAL))
    others = UNUSUAL[kennitala] | {"profile.noSuchField": "Nonni"}
    client.collection("members").document(kennitala).update(others)
    site.sql(f"UPDATE membership_comrade SET name = 'Nýtt Nafn' WHERE ssn = '{kennitala}'")

    agreed.run(Order())

    document = stored(client, kennitala)
    assert (document["name"], document["profile"]["noSuchField"]) == ("Nýtt Nafn", "Nonni")
    assert (document["hobbies"], document["newsletter"]) == (["skák"], {"weekly": True})


def test_an_unknown_field_is_that_members_error_and_all_else_is_synced(
    agreed: Sync, site: Site, client: firestore.Client
) -> None:
    for kennitala, (fields, _) in UNKNOWN.items():
        reference = client.collection("members").document(kennitala)
        paths = {client.field_path(*path.split(".")): value for path, value in fields.items()}
        reference.update(paths | EMAIL)
    entry = ask(client, next(iter(UNKNOWN)), EMAIL)
    told = [
        (f"{kennitala[:6]}-****", f"not a field, so not synced: {named}")
        for kennitala, (_, named) in UNKNOWN.items()
    ]

    planned = agreed.run(Order(mode="full", dry_run=True))
    result = agreed.run(Order(mode="full"))
    again = agreed.run(Order(mode="full"))

    for run in (planned, result, again):
        assert [(failure["kennitala"], failure["message"]) for failure in run["failures"]] == told
        assert (run["status"], run["transient_failures"]) == ("partial", 0)
    assert (result["firestore_to_django"]["written"], again["firestore_to_django"]["written"]) == (3, 0)
    assert {site.contact(kennitala, "email") for kennitala in UNKNOWN} == {EMAIL["profile.email"]}
    assert (client.collection("sync_queue").document(entry).get().to_dict() or {})["status"] == "synced"
    assert site.queue("failed") == site.queue("pending") == 0


def test_staff_see_the_reason_until_it_is_mended(agreed: Sync, site: Site, client: firestore.Client) -> None:
    kennitala, (changes, reason) = next(iter(BAD.items()))
    ask(client, kennitala, changes)
    agreed.run(Order())
    page = f"/admin/membership/comrade/{site.column(kennitala, 'id')}/change/"

    with logged_in(site) as staff:
        assert reason in staff.text_of(page)
        ask(client, kennitala, {"profile.phone": "555 1234"})
        assert agreed.run(Order())["status"] == "success"
        assert reason not in staff.text_of(page)

    assert (site.contact(kennitala, "phone"), _resting(site, kennitala)) == ("5551234", "")
    assert "resting" not in stored(client, kennitala)["sync"]


def test_an_order_for_nobody_says_so_and_leaves_nothing_behind(
    agreed: Sync, site: Site, client: firestore.Client
) -> None:
    somebody = next(iter(BAD))

    result = agreed.run(Order(members=[NOBODYS, somebody]))

    assert [(failure["kennitala"], failure["message"]) for failure in result["failures"]] == [
        (f"{NOBODYS[:6]}-****", NOBODY)
    ]
    assert result["status"] == "partial"
    assert site.sql(f"SELECT count(*) FROM membership_membersyncqueue WHERE ssn = '{NOBODYS}'") == "0"
    assert stored(client, NOBODYS) == {}


def _error_of(client: firestore.Client, entry: str) -> str:
    found = client.collection("sync_queue").document(entry).get().to_dict() or {}
    assert found["status"] == "failed"
    return str(found["error"])


def _status_of(client: firestore.Client, entry: str) -> str:
    return str((client.collection("sync_queue").document(entry).get().to_dict() or {})["status"])


def _resting(site: Site, kennitala: str) -> str:
    """What the register says of the fields that rest."""
    return site.sql(f"SELECT resting FROM sync_shadow WHERE ssn = '{kennitala}'")


def _letter(site: Site, kennitala: str) -> str:
    """The reason of a member's dead letter; empty if there is none."""
    return site.sql(
        f"SELECT error_message FROM membership_membersyncqueue WHERE ssn = '{kennitala}' AND dead"
    )
