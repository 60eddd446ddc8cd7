"""An emptied store, over the real ones: nobody is deleted until a person releases exactly what was shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud import firestore

from sync import held_runs
from sync.decisions import Decision, Decisions
from sync.held import Decider, NotDecidableError
from sync.order import InvalidOrderError, Order
from sync.service import Sync
from tests.functions.both_halves import Site, ask, stored

MEMBERS = [f"01017{number:05}" for number in range(30)]
EMAIL = {"profile.email": "nytt@example.is"}
SUPERUSER = Decider("kenni:someone", "superuser")


@pytest.fixture
def agreed(site: Site, real_sync: Sync) -> Sync:
    """Members on whom both sides agree."""
    site.add(*MEMBERS)
    assert real_sync.run(Order())["status"] == "success"
    return real_sync


def empty(client: firestore.Client, *kennitalas: str) -> None:
    for kennitala in kennitalas:
        client.collection("members").document(kennitala).delete()


def held_documents(client: firestore.Client) -> list[dict[str, Any]]:
    """All held runs, oldest first."""
    found = client.collection("held_runs").order_by("createdAt").stream()
    return [(document.to_dict() or {}) | {"id": document.id} for document in found]


def answer(run: dict[str, Any], decision: str = "released") -> Decision:
    return Decision.parse({"id": run["id"], "hash": run["hash"], "decision": decision})


def decisions(agreed: Sync, site: Site) -> Decisions:
    """Those of the portal's function, with its own token."""
    return Decisions(replace(agreed, reconciler=replace(agreed.reconciler, peer=site.peer("decideheld"))))


def test_an_emptied_firestore_is_reported_and_deletes_nobody_until_released(
    agreed: Sync, site: Site, client: firestore.Client
) -> None:
    entry = ask(client, MEMBERS[0], EMAIL)
    empty(client, *MEMBERS[1:])

    result = agreed.run(Order(mode="full"))

    assert (result["status"], result["held"]) == ("partial", len(MEMBERS) - 1)
    assert (result["failures"], result["transient_failures"]) == ([], 0)
    assert result["drift"]["unrepaired"] == len(MEMBERS) - 1
    log = client.collection("sync_logs").document(result["log_id"]).get().to_dict() or {}
    assert log["held"] == len(MEMBERS) - 1
    assert site.sql("SELECT count(*) FROM membership_comrade") == str(len(MEMBERS))
    assert site.contact(MEMBERS[0], "email") == EMAIL["profile.email"]
    settled = client.collection("sync_queue").document(entry).get().to_dict() or {}
    assert settled["status"] == "synced"

    [run] = held_documents(client)
    assert (run["status"], run["count"], run["deletedIn"]) == ("held", 29, {"django": 29})
    assert run["members"][0] == {"kennitala": "010170-****", "name": "Jón Jónsson", "deletedIn": "django"}
    released = decisions(agreed, site).decide(answer(run), SUPERUSER)

    assert (released["status"], released["held"]) == ("success", 0)
    assert site.sql("SELECT string_agg(ssn, ',') FROM membership_comrade") == MEMBERS[0]
    [run] = held_documents(client)
    assert (run["status"], run["decidedBy"], run["decidedAs"]) == ("released", "kenni:someone", "superuser")
    assert run["decidedAt"] is not None
    assert "members" not in run


def test_an_emptied_register_deletes_no_document_until_released(
    agreed: Sync, site: Site, client: firestore.Client
) -> None:
    site.sql("DELETE FROM membership_comrade")

    assert agreed.run(Order())["held"] == len(MEMBERS)
    assert all(stored(client, kennitala) for kennitala in MEMBERS)

    [run] = held_documents(client)
    decisions(agreed, site).decide(answer(run), SUPERUSER)

    assert list(client.collection("members").stream()) == []
    assert site.queue("pending") == 0


def test_no_order_releases_anything() -> None:
    """The nudge and the scheduler can send nothing but orders."""
    for body in (
        b'{"allow_deletions": true}',
        b'{"released": {}}',
        b'{"mode": "full", "decision": "released"}',
    ):
        with pytest.raises(InvalidOrderError):
            Order.parse(body)


def test_the_same_question_is_asked_once(agreed: Sync, client: firestore.Client) -> None:
    empty(client, *MEMBERS)
    for _ in range(3):
        agreed.run(Order(mode="full"))

    assert [run["status"] for run in held_documents(client)] == ["held"]


def test_a_release_is_for_what_was_shown_and_the_rest_is_asked_anew(
    agreed: Sync, site: Site, client: firestore.Client
) -> None:
    empty(client, *MEMBERS[:20])
    agreed.run(Order(mode="full"))
    [shown] = held_documents(client)
    empty(client, *MEMBERS)
    agreed.run(Order(mode="full"))

    for _ in range(2):
        with pytest.raises(NotDecidableError):
            decisions(agreed, site).decide(answer(shown), SUPERUSER)

    assert site.sql("SELECT count(*) FROM membership_comrade") == str(len(MEMBERS))
    assert [(run["status"], run["count"]) for run in held_documents(client)] == [
        ("replaced", 20),
        ("held", 30),
    ]


def test_what_changes_between_the_look_and_the_release_is_asked_anew(
    agreed: Sync, site: Site, client: firestore.Client
) -> None:
    empty(client, *MEMBERS)
    agreed.run(Order(mode="full"))
    [shown] = held_documents(client)
    site.sql("UPDATE sync_shadow SET held = NULL WHERE ssn = (SELECT min(ssn) FROM sync_shadow)")

    with pytest.raises(NotDecidableError, match="has changed since"):
        decisions(agreed, site).decide(answer(shown), SUPERUSER)

    assert [(run["status"], run["count"]) for run in held_documents(client)] == [
        ("replaced", 30),
        ("held", 29),
    ]


def test_a_replayed_release_deletes_nobody(agreed: Sync, site: Site, client: firestore.Client) -> None:
    empty(client, *MEMBERS)
    agreed.run(Order(mode="full"))
    [shown] = held_documents(client)
    decisions(agreed, site).decide(answer(shown), SUPERUSER)
    site.add(*MEMBERS)
    agreed.run(Order(mode="full"))
    empty(client, *MEMBERS)
    agreed.run(Order(mode="full"))

    with pytest.raises(NotDecidableError):
        decisions(agreed, site).decide(answer(shown), SUPERUSER)

    assert site.sql("SELECT count(*) FROM membership_comrade") == str(len(MEMBERS))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "released"}, "is released already"),
        ({"status": "refused"}, "is refused already"),
        ({"validUntil": datetime.now(UTC) - timedelta(seconds=1)}, "too old"),
        ({"hash": "f" * 64}, "something else was shown"),
        (None, "no such"),
    ],
)
def test_a_release_of_anything_but_the_question_that_waits_is_refused(
    agreed: Sync, site: Site, client: firestore.Client, fields: dict[str, Any] | None, reason: str
) -> None:
    empty(client, *MEMBERS)
    agreed.run(Order(mode="full"))
    [shown] = held_documents(client)
    document = client.collection("held_runs").document(shown["id"])
    if fields is None:
        document.delete()
    else:
        document.update(fields)

    with pytest.raises(NotDecidableError, match=reason):
        decisions(agreed, site).decide(answer(shown), SUPERUSER)

    assert site.sql("SELECT count(*) FROM membership_comrade") == str(len(MEMBERS))


def test_what_a_person_refuses_stays_held_and_is_not_asked_again_until_its_time_is_over(
    agreed: Sync, site: Site, client: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty(client, *MEMBERS)
    monkeypatch.setattr(held_runs, "VALID_FOR", timedelta(seconds=3600))
    agreed.run(Order(mode="full"))
    [shown] = held_documents(client)
    decisions(agreed, site).decide(answer(shown, "refused"), SUPERUSER)

    agreed.run(Order(mode="full"))
    assert [run["status"] for run in held_documents(client)] == ["refused"]
    client.collection("held_runs").document(shown["id"]).update({"validUntil": datetime.now(UTC)})
    agreed.run(Order(mode="full"))

    assert [run["status"] for run in held_documents(client)] == ["refused", "held"]
    assert site.sql("SELECT count(*) FROM membership_comrade") == str(len(MEMBERS))


def test_a_repaired_store_ends_the_question(agreed: Sync, client: firestore.Client) -> None:
    documents = {kennitala: stored(client, kennitala) for kennitala in MEMBERS}
    empty(client, *MEMBERS)
    agreed.run(Order(mode="full"))
    for kennitala, fields in documents.items():
        client.collection("members").document(kennitala).set(fields)

    assert agreed.run(Order(mode="full"))["held"] == 0

    assert [run["status"] for run in held_documents(client)] == ["settled"]
