"""The small parts of the sync: field map, back-off, ramp, batches, events, orders, failures."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from google.api_core import exceptions as google_errors
from google.events.cloud.firestore import Document, DocumentEventData, MapValue, Value
from hypothesis import given
from hypothesis import strategies as st

from sync import write_requests
from sync.backoff import Backoff, PatienceError
from sync.comparison import remembered
from sync.events import MemberEvent, UnreadableEventError
from sync.failures import AccessError, PermanentError, RefusedError, TransientError, from_google
from sync.field_map import InvalidDocumentError, load_field_map
from sync.order import InvalidOrderError, Order
from sync.parallel import map_batches
from sync.peer import RememberedPage
from sync.ramp import Ramp
from tests.functions.doubles.memory_store import document

JON = "0101701234"
FIELD_MAP = load_field_map()


def test_the_hash_is_that_of_the_canonical_json_of_all_paths() -> None:
    values = FIELD_MAP.flatten(document(JON))
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert FIELD_MAP.hash(document(JON)) == hashlib.sha256(text.encode()).hexdigest()


def test_absent_and_null_are_the_same() -> None:
    sparse = {"kennitala": JON, "profile": {"address": None}}
    full = document(JON) | {"profile": {"address": {"street": None}}, "membership": None, "name": None}

    assert FIELD_MAP.hash(sparse) == FIELD_MAP.hash(full)


def test_what_is_not_synced_changes_no_hash() -> None:
    assert FIELD_MAP.hash(document(JON) | {"verified": True, "roles": ["admin"]}) == FIELD_MAP.hash(
        document(JON)
    )


@given(
    st.dictionaries(
        st.sampled_from(["name", "profile", "membership"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
            ),
            max_leaves=8,
        ),
    )
)
def test_any_document_is_extracted_or_refused(fields: dict[str, Any]) -> None:
    try:
        synced = FIELD_MAP.extract(fields)
    except InvalidDocumentError:
        return
    assert json.loads(json.dumps(synced, allow_nan=False)) == synced


def test_waits_grow_and_are_capped() -> None:
    waits: list[float] = []
    backoff = Backoff(attempts=9, first=1.0, longest=8.0, sleep=waits.append)

    def fail() -> None:
        raise TransientError("no")

    with pytest.raises(TransientError):
        backoff.call(fail)

    assert len(waits) == 8
    assert all(0 <= wait <= ceiling for wait, ceiling in zip(waits, [1, 2, 4, 8, 8, 8, 8, 8], strict=True))
    assert len(set(waits)) == len(waits)


def test_what_is_permanent_is_not_tried_again() -> None:
    waits: list[float] = []

    def fail() -> None:
        raise PermanentError("no")

    with pytest.raises(PermanentError):
        Backoff(sleep=waits.append).call(fail)
    assert waits == []


def test_a_request_for_patience_is_honoured_up_to_the_cap() -> None:
    waits: list[float] = []
    answers: list[Exception | None] = [PatienceError("no", 3.0), PatienceError("no", 900.0), None]

    def call() -> str:
        if error := answers.pop(0):
            raise error
        return "done"

    assert Backoff(longest=8.0, sleep=waits.append).call(call) == "done"
    assert waits == [3.0, 8.0]


def test_the_ramp_admits_500_a_second_and_half_as_many_again_after_five_minutes() -> None:
    now = [0.0]
    waits: list[float] = []
    ramp = Ramp(500, clock=lambda: now[0], sleep=waits.append)

    ramp.admit(500)
    ramp.admit(500)
    now[0] = 300.0
    ramp.admit(750)
    ramp.admit(1)

    assert waits == [1.0, pytest.approx(1.0)]


def test_without_a_ramp_nobody_waits() -> None:
    waits: list[float] = []

    Ramp(math.inf, sleep=waits.append).admit(10**9)

    assert waits == []


def test_no_more_batches_are_under_way_than_workers() -> None:
    taken: list[int] = []

    def batches() -> Iterator[int]:
        for number in range(20):
            taken.append(number)
            yield number

    results = map_batches(lambda number: number, batches(), workers=3)
    first = next(results)
    assert len(taken) <= 6

    assert sorted([first, *results]) == list(range(20))


def test_the_first_failure_of_a_batch_ends_the_run() -> None:
    seen: list[int] = []

    def work(number: int) -> int:
        seen.append(number)
        raise TransientError("no")

    with pytest.raises(TransientError):
        list(map_batches(work, iter(range(1000)), workers=2))
    assert len(seen) <= 4


def _write(size: int = 1) -> write_requests.RawWrite:
    fields = {"f": "x" * size}
    return write_requests.update("n", fields, paths=fields, touched="t", update_time=None)


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (500, [500]), (501, [500, 1])])
def test_a_request_holds_at_most_500_writes(count: int, sizes: list[int]) -> None:
    batches = write_requests.split_writes([(str(number), _write()) for number in range(count)])

    assert [len(batch) for batch in batches] == sizes


def test_a_request_stays_below_10_mebibytes() -> None:
    writes = [(str(number), _write(1_000_000)) for number in range(25)]

    batches = list(write_requests.split_writes(writes))

    assert [key for batch in batches for key, _ in batch] == [key for key, _ in writes]
    assert all(sum(write.ByteSize() for _, write in batch) < 10 * 2**20 for batch in batches)


def _event(before: str | None, after: str | None, kennitala: str = JON) -> bytes:
    name = f"projects/p/databases/(default)/documents/members/{kennitala}"

    def stored(operation: str | None) -> Document:
        mark = {"operation": Value(string_value=operation)} if operation else {}
        return Document(name=name, fields={"sync": Value(map_value=MapValue(fields=mark))})

    event = DocumentEventData(value=stored(after), old_value=stored(before))
    return bytes(DocumentEventData.serialize(event))


@pytest.mark.parametrize(
    ("before", "after", "is_echo"),
    [
        (None, "a", True),
        ("a", "b", True),
        ("a", "a", False),
        ("a", None, False),
        (None, None, False),
    ],
)
def test_only_a_write_with_a_new_operation_is_an_echo(
    before: str | None, after: str | None, is_echo: bool
) -> None:
    assert MemberEvent.parse(_event(before, after)) == MemberEvent(JON, is_echo)


def test_a_deletion_names_its_member() -> None:
    name = f"projects/p/databases/(default)/documents/members/{JON}"
    data = DocumentEventData.serialize(DocumentEventData(old_value=Document(name=name)))

    assert MemberEvent.parse(data) == MemberEvent(JON, is_echo=False)


@pytest.mark.parametrize("data", [b"", b"\xff\xff", b"{}", _event(None, None, "settings")])
def test_an_event_about_nobody_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableEventError):
        MemberEvent.parse(data)


@pytest.mark.parametrize("body", [b"", b"  \n", b"{}"])
def test_an_empty_body_orders_a_pending_run(body: bytes) -> None:
    assert Order.parse(body) == Order(mode="pending", dry_run=False)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b"\xff",
        b"null",
        b'{"mode": "everything"}',
        b'{"dry_run": "perhaps"}',
        b'{"members": ["010170-1234"]}',
        b'{"members": "0101701234"}',
        b'{"unknown": 1}',
        b"[" * 50_000,
        json.dumps({"members": [JON] * 501}).encode(),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidOrderError):
        Order.parse(body)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (google_errors.ServiceUnavailable("x"), TransientError),
        (google_errors.DeadlineExceeded("x"), TransientError),
        (google_errors.Aborted("x"), TransientError),
        (google_errors.ResourceExhausted("x"), TransientError),
        (google_errors.PermissionDenied("x"), AccessError),
        (google_errors.Unauthenticated("x"), AccessError),
        (google_errors.InvalidArgument("members/0101701234"), RefusedError),
    ],
)
def test_failures_of_firestore_are_told_apart_and_quote_nothing(
    error: google_errors.GoogleAPICallError, kind: type[Exception]
) -> None:
    told = from_google(error)

    assert type(told) is kind
    assert JON not in str(told)


def test_a_page_of_records_that_names_nobody_is_not_the_last() -> None:
    """A number that is no kennitala is left out of its page."""
    pages = {None: RememberedPage(next="x"), "x": RememberedPage(kennitalas=[JON])}
    peer: Any = SimpleNamespace(remembered=lambda after, _limit: pages[after])

    assert [*remembered(peer, "")] == [JON]
