"""An emptied store, over the real ones: nobody is deleted until a person confirms it."""

from __future__ import annotations

import pytest
from google.cloud import firestore

from sync.order import Order
from sync.service import Sync
from tests.functions.both_halves import Site, ask, stored

MEMBERS = [f"01017{number:05}" for number in range(30)]
EMAIL = {"profile.email": "nytt@example.is"}


@pytest.fixture
def agreed(site: Site, real_sync: Sync) -> Sync:
    """Members on whom both sides agree."""
    site.add(*MEMBERS)
    assert real_sync.run(Order())["status"] == "success"
    return real_sync


def test_an_emptied_firestore_is_reported_and_deletes_nobody_until_confirmed(
    agreed: Sync, site: Site, client: firestore.Client
) -> None:
    entry = ask(client, MEMBERS[0], EMAIL)
    for kennitala in MEMBERS[1:]:
        client.collection("members").document(kennitala).delete()

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

    confirmed = agreed.run(Order(mode="full", allow_deletions=True))

    assert (confirmed["status"], confirmed["held"]) == ("success", 0)
    assert site.sql("SELECT string_agg(ssn, ',') FROM membership_comrade") == MEMBERS[0]


def test_an_emptied_register_deletes_no_document_until_confirmed(
    agreed: Sync, site: Site, client: firestore.Client
) -> None:
    site.sql("DELETE FROM membership_comrade")

    assert agreed.run(Order())["held"] == len(MEMBERS)
    assert all(stored(client, kennitala) for kennitala in MEMBERS)

    agreed.run(Order(mode="full", allow_deletions=True))

    assert list(client.collection("members").stream()) == []
    assert site.queue("pending") == 0
