"""Document events travel from the real emulator through the real front end to a function."""

from __future__ import annotations

import time

import httpx
import pytest
from google.events.cloud.firestore_v1 import DocumentEventData

from local.services import iam
from local.services.event_delivery import Backoff
from local.services.event_queue import EventQueue
from local.services.event_triggers import TRIGGERS
from local.services.identity_tokens import verify_identity
from local.services.signing_key import key_of
from local.world import World
from tests.host.waiting import wait_until
from tests.services import roles
from tests.services.declarations import PROJECT, REGION, Declarations
from tests.services.recording_function import PATIENCE, RecordingFunction
from tests.services.running_services import RunningServices

FUNCTION = "track_member_changes"
LAST_PROBE = "documents/members/last-probe"
EVENT = {
    "ce-id": "1",
    "ce-source": "//firestore.googleapis.com/projects/projects/demo-services/databases/(default)",
    "ce-type": "google.cloud.firestore.document.v1.written",
    "ce-specversion": "1.0",
    "ce-location": "us-central1",
}


@pytest.fixture
def eventarc(services: RunningServices) -> None:
    for name in ("ingress", "firestore", "eventarc"):
        services.start(name)


@pytest.fixture
def hears(declared: Declarations, function: RecordingFunction) -> Declarations:
    """A function that members' documents trigger, with an account that has the roles it needs."""
    service = declared.function(FUNCTION, function.port, ingress="INGRESS_TRAFFIC_INTERNAL_ONLY")
    account = declared.account("member-events")
    declared.grant(f"serviceAccount:{account}", roles.INVOKER, service)
    declared.grant(f"serviceAccount:{account}", roles.EVENT_RECEIVER)
    trigger(declared, "members", account)
    return declared


def trigger(
    declared: Declarations, name: str, account: str, retry_policy: str = "RETRY_POLICY_RETRY"
) -> None:
    resource = {
        "eventFilters": [
            {"attribute": "type", "value": "google.cloud.firestore.document.v1.written"},
            {"attribute": "database", "value": "(default)"},
            {"attribute": "document", "value": "members/{member}", "operator": "match-path-pattern"},
        ],
        "serviceAccount": account,
        "destination": {"cloudRun": {"service": "track-member-changes", "region": REGION}},
        "retryPolicy": retry_policy,
    }
    declared.record(TRIGGERS, f"projects/{PROJECT}/locations/{REGION}/triggers/{name}", resource)


def write_member(world: World, member: str) -> None:
    url = f"{world.url('firestore')}/v1/projects/{PROJECT}/databases/(default)/documents/members/{member}"
    body = {"fields": {"name": {"stringValue": "Jón"}}}
    httpx.patch(
        url, json=body, headers={"Authorization": "Bearer owner"}, timeout=PATIENCE
    ).raise_for_status()


def post_event(world: World, name: str, body: bytes = b"aGVsbG8=") -> httpx.Response:
    """Post an event as the emulator does."""
    url = f"{world.url('eventarc')}/functions/projects/{PROJECT}/triggers/{name}"
    return httpx.post(url, content=body, headers=EVENT, timeout=PATIENCE)


def wait_until_delivered(world: World) -> None:
    backlog = f"{world.url('eventarc')}/_backlog"
    wait_until(
        lambda: httpx.get(backlog, timeout=PATIENCE).json()["pending"] == 0, "nothing is pending", PATIENCE
    )


def wait_until_registered(world: World, function: RecordingFunction) -> None:
    """Write probes until the emulator posts their events, then wait for the event of the last probe.

    The emulator posts one event after another, so none of an earlier probe comes after the last one.
    """
    deadline = time.monotonic() + PATIENCE
    while not function.received:
        assert time.monotonic() < deadline
        write_member(world, "probe")
        time.sleep(0.2)
    write_member(world, "last-probe")
    wait_until(
        lambda: any(event.headers["ce-subject"] == LAST_PROBE for event in function.received),
        "the last probe is heard of",
        PATIENCE,
    )
    wait_until_delivered(world)
    function.received.clear()


@pytest.mark.usefixtures("hears", "eventarc")
def test_a_document_write_reaches_the_function_as_eventarc_sends_it(
    running_world: World, function: RecordingFunction
) -> None:
    wait_until_registered(running_world, function)
    write_member(running_world, "0101701234")
    event = function.wait_for(1)[0]
    assert event.headers["ce-type"] == "google.cloud.firestore.document.v1.written"
    assert event.headers["ce-source"] == f"//firestore.googleapis.com/projects/{PROJECT}/databases/(default)"
    assert event.headers["ce-subject"] == "documents/members/0101701234"
    assert event.headers["ce-location"] == REGION
    assert event.headers["content-type"] == "application/protobuf"
    data = DocumentEventData.deserialize(event.body)
    assert data.value.fields["name"].string_value == "Jón"


@pytest.mark.usefixtures("hears", "eventarc")
def test_events_come_again_after_the_emulator_was_restarted(
    running_world: World, function: RecordingFunction, services: RunningServices
) -> None:
    wait_until_registered(running_world, function)
    services.stop("firestore")
    services.start("firestore")
    wait_until_registered(running_world, function)
    write_member(running_world, "after")
    assert function.wait_for(1)[0].headers["ce-subject"] == "documents/members/after"


@pytest.mark.usefixtures("eventarc")
def test_the_caller_is_the_triggers_account(
    running_world: World, hears: Declarations, function: RecordingFunction
) -> None:
    """The front end removes the signature of a token that it checks; a public function gets all of it."""
    hears.grant(
        iam.EVERYONE, roles.INVOKER, f"projects/{PROJECT}/locations/{REGION}/services/track-member-changes"
    )
    assert post_event(running_world, "members").status_code == 204
    token = function.wait_for(1)[0].headers["authorization"].removeprefix("Bearer ")
    audience = f"{running_world.url('functions')}/{FUNCTION}"
    assert verify_identity(key_of(running_world), token, {audience}).startswith("member-events@")


@pytest.mark.usefixtures("hears", "eventarc")
def test_an_event_is_redelivered_after_a_failure(running_world: World, function: RecordingFunction) -> None:
    function.statuses = [500, 200]
    post_event(running_world, "members")
    first, second = function.wait_for(2)
    assert first.body == second.body == b"hello"
    assert second.headers["ce-id"] == first.headers["ce-id"]
    wait_until_delivered(running_world)
    print(f"redelivered after {second.at - first.at:.1f} s")


@pytest.mark.usefixtures("eventarc")
def test_without_the_policy_a_failure_is_final(
    running_world: World, hears: Declarations, function: RecordingFunction
) -> None:
    trigger(hears, "once", hears.account("member-events"), "RETRY_POLICY_DO_NOT_RETRY")
    function.statuses = [500, 200]
    post_event(running_world, "once")
    function.wait_for(1)
    wait_until_delivered(running_world)
    assert len(function.received) == 1


@pytest.mark.usefixtures("eventarc")
@pytest.mark.parametrize("role", [roles.INVOKER, roles.EVENT_RECEIVER])
def test_without_a_role_of_its_account_a_trigger_delivers_nothing(
    running_world: World, hears: Declarations, function: RecordingFunction, role: str
) -> None:
    account = hears.account("member-events")
    service = f"projects/{PROJECT}/locations/{REGION}/services/track-member-changes"
    target = service if role == roles.INVOKER else f"projects/{PROJECT}"
    hears.revoke(f"{target}|{role}|serviceAccount:{account}")
    trigger(hears, "once", account, "RETRY_POLICY_DO_NOT_RETRY")
    post_event(running_world, "once")
    wait_until_delivered(running_world)
    assert function.received == []


@pytest.mark.usefixtures("hears", "eventarc")
def test_several_are_under_way_at_once_but_not_all(running_world: World, function: RecordingFunction) -> None:
    function.delay = 0.3
    for _ in range(20):
        post_event(running_world, "members")
    function.wait_for(20)
    wait_until_delivered(running_world)
    assert 1 < function.most_at_once <= 8


@pytest.mark.usefixtures("hears", "eventarc")
def test_what_was_not_delivered_survives_a_kill(
    running_world: World, function: RecordingFunction, services: RunningServices
) -> None:
    function.delay = 1
    for _ in range(12):
        assert post_event(running_world, "members").status_code == 204
    function.wait_for(1)
    services.kill("eventarc")
    services.start("eventarc")
    wait_until_delivered(running_world)
    assert len(function.received) >= 12


@pytest.mark.usefixtures("eventarc")
@pytest.mark.parametrize("body", [b"not base64!", b"aGVsbG8"])
def test_garbage_is_refused(running_world: World, body: bytes) -> None:
    assert post_event(running_world, "members", body).status_code == 400


def test_the_pauses_grow_to_ten_minutes() -> None:
    backoff = Backoff()
    assert [backoff.pause(attempt) for attempt in (1, 2, 3, 7, 20)] == [10, 20, 40, 600, 600]
    assert backoff.give_up_after == 24 * 3600


def test_the_queue_gives_what_is_due_first_and_survives_its_end(quiet_world: World) -> None:
    path = quiet_world.state / "queue.sqlite"
    queue = EventQueue(path)
    for number in range(3):
        queue.add("t", {"ce-id": str(number)}, bytes([number]), now=number)
    first = queue.first(10)[0]
    queue.postpone(first, due=100)
    queue.close()
    again = EventQueue(path)
    assert (again.accepted, len(again)) == (3, 3)
    assert [event.headers["ce-id"] for event in again.first(10)] == ["1", "2", "0"]
    assert again.first(10)[2].attempts == 1
    assert [event.headers["ce-id"] for event in again.first(10, frozenset({2}))] == ["2", "0"]
    for event in again.first(10):
        again.remove(event)
    assert (again.accepted, len(again)) == (3, 0)
    again.close()
