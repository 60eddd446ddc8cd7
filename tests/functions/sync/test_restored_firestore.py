"""A Firestore that was set back gives no consent again that a member has withdrawn since."""

# ruff: noqa: S608 - the statements are the tests' own

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud import firestore

from sync.order import Order
from sync.service import Sync
from tests.functions.both_halves import JON, Site

ORDER = Order(members=[JON])
CONSENTS = ["reachable", "groupable"]


def in_firestore(client: firestore.Client, consent: str) -> Any:
    return client.collection("members").document(JON).get().get(f"profile.{consent}")


@pytest.mark.parametrize("consent", CONSENTS)
@pytest.mark.parametrize("withdrawn_in", ["the portal", "the admin"])
def test_a_restored_document_gives_no_consent_back(
    real_sync: Sync, site: Site, client: firestore.Client, consent: str, withdrawn_in: str
) -> None:
    site.add(JON)
    real_sync.run(ORDER)
    document = client.collection("members").document(JON)
    backup = document.get().to_dict() or {}
    # A backup is older than this test.
    backup["updatedAt"] = datetime.now(UTC) - timedelta(days=1)
    if withdrawn_in == "the portal":
        document.update({f"profile.{consent}": False, "updatedAt": firestore.SERVER_TIMESTAMP})
    else:
        site.sql(f"UPDATE membership_comrade SET {consent} = false")
    real_sync.run(ORDER)
    assert (site.column(JON, consent), in_firestore(client, consent)) == ("f", False)

    # Code of an earlier release noted nothing by which the restore would show, and stop the sync.
    site.sql("UPDATE sync_shadow SET mark = NULL")
    document.set(backup)
    real_sync.run(ORDER)
    real_sync.run(ORDER)

    assert (site.column(JON, consent), in_firestore(client, consent)) == ("f", False)
    lost = site.sql("SELECT field, lost_on, firestore_value FROM sync_conflict")
    assert lost == f"profile.{consent}|firestore|true"


@pytest.mark.parametrize("consent", CONSENTS)
def test_who_gives_consent_again_has_given_it(
    real_sync: Sync, site: Site, client: firestore.Client, consent: str
) -> None:
    site.add(JON)
    real_sync.run(ORDER)
    document = client.collection("members").document(JON)
    for given in (False, True, False, True):
        document.update({f"profile.{consent}": given, "updatedAt": firestore.SERVER_TIMESTAMP})
        real_sync.run(ORDER)
        assert site.column(JON, consent) == "ft"[given]
    site.sql(f"UPDATE membership_comrade SET {consent} = false")
    real_sync.run(ORDER)
    site.sql(f"UPDATE membership_comrade SET {consent} = true")
    real_sync.run(ORDER)
    assert in_firestore(client, consent) is True
    assert site.sql("SELECT count(*) FROM sync_conflict") == "0"
