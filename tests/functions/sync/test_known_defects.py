"""The defects of the old sync, as far as the cloud's half could have them again.

The numbers are those of the list of defects of the old system; 5, 6 and 7 concern Django only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable
from google.cloud import firestore
from google.cloud.firestore_v1.services.firestore import FirestoreClient

from auth.id_token import InvalidIdTokenError
from auth.kenni import KenniClient
from auth.rate_limit import RateLimit, RateLimitedError, site_of
from members.deployed import members
from members.profile_update import ProfileUpdates
from runtime.caller import CallableError, Caller
from runtime.settings import KenniSettings, load
from sync.backoff import Backoff
from sync.field_map import load_field_map
from sync.firestore_store import FirestoreStore
from sync.held_runs import FirestoreHeldRuns
from sync.order import Order
from sync.peer import Presented, Verdict
from sync.personal_records import FirestoreRecords
from sync.queue_entries import SYNC_QUEUE, FirestoreQueue
from sync.reconcile import Reconciler
from sync.run_log import FirestoreLog
from sync.service import Sync
from tests.functions.conftest import NO_WAIT
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import MemoryStore, document
from tests.functions.doubles.oidc import CODE, NONCE, VERIFIER, OidcProvider

JON = "0101701234"
ANNA = "0202802345"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def cloud(client: firestore.Client, peer: MemoryPeer) -> Sync:
    """The real stores, with a Django in memory."""
    field_map = load_field_map()
    backoff = Backoff(attempts=2, sleep=NO_WAIT.sleep)
    reconciler = Reconciler(FirestoreStore(client, field_map, backoff), peer, field_map, NO_WAIT)
    queue, records = FirestoreQueue(client, backoff), FirestoreRecords(client, backoff)
    return Sync(reconciler, queue, records, FirestoreLog(client), FirestoreHeldRuns(client))


def stored(client: firestore.Client, kennitala: str) -> dict[str, Any]:
    return client.collection("members").document(kennitala).get().to_dict() or {}


def test_defect_1_results_belong_to_their_kennitala_whatever_their_order(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    kennitalas = [f"01017{number:05}" for number in range(6)]
    for kennitala in kennitalas:
        peer.put(document(kennitala))
    peer.invalid.add(kennitalas[2])
    real = peer.apply

    def shuffled(read_time: str, documents: Sequence[Presented], **options: Any) -> dict[str, Verdict]:
        return dict(reversed(real(read_time, documents, **options).items()))

    monkeypatch.setattr(peer, "apply", shuffled)
    reconciler.reconcile(kennitalas)

    assert [failure.kennitala for failure in peer.failures] == [kennitalas[2]]
    acknowledged = {item.kennitala: item.operation for item in peer.acknowledgements}
    marks = {name: stored.fields["sync"]["operation"] for name, stored in store.members.items()}
    assert acknowledged == marks


def test_defect_2_what_stayed_pending_is_found_by_the_next_run(
    sync: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    peer.put(document(JON))
    store.lost_answers = 1
    peer.silent.add(JON)
    sync.run(Order())
    assert JON in peer.dirty
    peer.silent.clear()
    peer.pass_time(3600)  # longer than the longest wait before a member is tried again

    sync.run(Order())

    assert store.value(JON, "name") == "Jón Jónsson"
    assert peer.dirty == {}


def test_defect_3_one_failed_call_gives_nobody_up(sync: Sync, store: MemoryStore, peer: MemoryPeer) -> None:
    for kennitala in (JON, ANNA):
        peer.put(document(kennitala))
    peer.outages = 1

    assert sync.run(Order())["status"] == "failed"
    assert peer.failures == []
    assert sync.run(Order())["status"] == "success"
    assert set(store.members) == {JON, ANNA}


def test_defect_4_an_applied_change_sends_no_echo(
    cloud: Sync, peer: MemoryPeer, client: firestore.Client
) -> None:
    peer.put(document(JON))
    cloud.run(Order())
    written = client.collection("members").document(JON).get()

    for _ in range(2):  # the events of our own write, in case they are not recognised
        cloud.reconcile_member(JON)
        cloud.run(Order())

    assert client.collection("members").document(JON).get().update_time == written.update_time
    assert len(peer.acknowledgements) == 1


def test_defect_8_document_and_queue_entry_are_one_write(
    client: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.collection("members").document(JON).set(document(JON))
    updates = ProfileUpdates(members(), load_field_map())
    caller = Caller("kenni:x", JON, frozenset())
    commits: list[int] = []
    real = FirestoreClient.commit

    def counted(api: FirestoreClient, request: Any = None, **options: Any) -> Any:
        commits.append(len(request["writes"]))
        return real(api, request=request, **options)

    monkeypatch.setattr(FirestoreClient, "commit", counted)
    updates.handle(caller, {"kennitala": JON, "updates": {"email": "nytt@example.is"}})

    assert commits == [2]
    assert stored(client, JON)["profile"]["email"] == "nytt@example.is"


@pytest.mark.parametrize(
    "updates", [{"membership.status": "active"}, {"roles": ["admin"]}, {"verified": True}]
)
def test_defect_9_a_member_cannot_grant_themselves_anything(
    client: firestore.Client, updates: dict[str, Any]
) -> None:
    client.collection("members").document(JON).set(document(JON, membership__status="suspended"))
    before = stored(client, JON)

    with pytest.raises(CallableError):
        ProfileUpdates(members(), load_field_map()).handle(
            Caller("kenni:x", JON, frozenset()), {"kennitala": JON, "updates": updates}
        )

    assert stored(client, JON) == before


def test_defect_9_a_status_written_in_firestore_is_overwritten(
    cloud: Sync, peer: MemoryPeer, client: firestore.Client
) -> None:
    peer.put(document(JON, membership__status="suspended"))
    cloud.run(Order())
    client.collection("members").document(JON).update({"membership.status": "active"})

    cloud.reconcile_member(JON)

    assert stored(client, JON)["membership"]["status"] == "suspended"
    assert peer.value(JON, "membership.status") == "suspended"


def test_defect_10_the_number_of_requests_does_not_grow_with_the_members(
    cloud: Sync, peer: MemoryPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(400):
        peer.put(document(f"01017{number:05}"))
    calls: list[str] = []
    for name in ("batch_get_documents", "batch_write", "commit"):
        real = getattr(FirestoreClient, name)

        def counted(*arguments: Any, _name: str = name, _real: Any = real, **options: Any) -> Any:
            calls.append(_name)
            return _real(*arguments, **options)

        monkeypatch.setattr(FirestoreClient, name, counted)

    result = cloud.run(Order())

    assert result["django_to_firestore"]["written"] == 400
    assert len(peer.apply_calls) == 1
    # One read and one commit are the epoch's, and one commit is the log of the run.
    assert sorted(calls) == ["batch_get_documents"] * 2 + ["commit"] * 3


def test_defect_11_an_error_while_reading_the_queue_is_no_success(
    cloud: Sync, peer: MemoryPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.put(document(JON))

    def fail(*_: Any, **__: Any) -> None:
        raise ServiceUnavailable("down")

    monkeypatch.setattr(FirestoreClient, "run_query", fail)
    result = cloud.run(Order())

    assert result["status"] == "failed"
    assert "ServiceUnavailable" in result["error"]


def test_defect_12_every_compound_query_has_its_index() -> None:
    declared = json.loads((ROOT / "infra" / "firestore.indexes.json").read_text())["indexes"]
    fields = [
        [field["fieldPath"] for field in index["fields"]]
        for index in declared
        if index["collectionGroup"] == SYNC_QUEUE
    ]

    assert ["target", "status", "createdAt"] in fields


def test_defect_13_every_path_writes_the_same_document_shape(
    cloud: Sync, peer: MemoryPeer, client: firestore.Client
) -> None:
    for kennitala in (JON, ANNA):
        peer.put(document(kennitala))
    peer.forget_changes([ANNA])

    cloud.run(Order())
    cloud.run(Order(mode="full"))
    peer.edit(JON, name="Jón J. Jónsson")
    cloud.reconcile_member(JON)

    def shape(value: Any) -> Any:
        return {key: shape(item) for key, item in value.items()} if isinstance(value, dict) else None

    assert shape(stored(client, JON)) == shape(stored(client, ANNA))


def test_defect_14_a_login_without_its_nonce_is_refused(environment: pytest.MonkeyPatch) -> None:
    provider = OidcProvider()
    provider.claims = {"nonce": None}

    with pytest.raises(InvalidIdTokenError):
        KenniClient(load(KenniSettings), provider.session()).identify(CODE, VERIFIER, NONCE)


def test_defect_14_without_an_address_the_limit_still_holds(client: firestore.Client) -> None:
    limit = RateLimit(client, key=b"a-secret", kind="address", failures=2, window=timedelta(minutes=10))
    limit.count(site_of(None))
    limit.count(site_of(None))

    with pytest.raises(RateLimitedError):
        limit.check(site_of(None))
