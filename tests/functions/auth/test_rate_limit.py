"""The limit of failed log-ins, counted in the real emulator."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from google.api_core import exceptions as google_errors
from google.cloud import firestore
from google.cloud.firestore_v1.services.firestore import FirestoreClient

from auth.rate_limit import COLLECTION, RateLimit, RateLimitedError, client_address, site_of

ADDRESS = "203.0.113.7"


def limit_of(
    client: firestore.Client, window: timedelta = timedelta(minutes=10), kind: str = "address"
) -> RateLimit:
    return RateLimit(client, b"a-secret", kind, 5, window)


def fail(limit: RateLimit, times: int, forwarded_for: str | None = ADDRESS) -> None:
    for _ in range(times):
        limit.count(site_of(forwarded_for))


@pytest.fixture
def limit(client: firestore.Client) -> RateLimit:
    return limit_of(client)


def test_after_five_failures_one_is_refused_and_told_when_to_come_back(limit: RateLimit) -> None:
    fail(limit, 4)
    limit.check(ADDRESS)
    fail(limit, 1)

    with pytest.raises(RateLimitedError) as caught:
        limit.check(ADDRESS)
    assert 590 < caught.value.retry_after <= 600


def test_asking_counts_nothing(limit: RateLimit, client: firestore.Client) -> None:
    for _ in range(7):
        limit.check(ADDRESS)

    assert not [*client.collection(COLLECTION).stream()]


def test_another_address_has_a_count_of_its_own(limit: RateLimit) -> None:
    fail(limit, 5)

    limit.check("203.0.113.8")


def test_a_person_has_a_count_apart_from_an_address_of_the_same_text(
    limit: RateLimit, client: firestore.Client
) -> None:
    fail(limit, 5)

    limit_of(client, kind="person").check(ADDRESS)


def test_it_holds_across_instances(client: firestore.Client) -> None:
    for _ in range(5):
        fail(limit_of(client), 1)

    with pytest.raises(RateLimitedError):
        limit_of(client).check(ADDRESS)


def test_simultaneous_failures_are_all_counted(limit: RateLimit) -> None:
    with ThreadPoolExecutor(5) as pool:
        [*pool.map(lambda _: fail(limit, 1), range(5))]

    with pytest.raises(RateLimitedError):
        limit.check(ADDRESS)


def test_old_failures_are_forgotten(client: firestore.Client) -> None:
    brief = limit_of(client, window=timedelta(microseconds=1))

    fail(brief, 7)

    brief.check(ADDRESS)


@pytest.mark.parametrize("address", [None, "", "nonsense", "999.1.1.1"])
def test_without_an_address_all_share_one_count(limit: RateLimit, address: str | None) -> None:
    fail(limit, 5, None)

    with pytest.raises(RateLimitedError):
        limit.check(site_of(address))


def test_an_ipv6_network_is_one_address(limit: RateLimit) -> None:
    for number in range(5):
        fail(limit, 1, f"2001:db8:1:2::{number}")

    with pytest.raises(RateLimitedError):
        limit.check(site_of("2001:db8:1:2:ffff::1"))
    limit.check(site_of("2001:db8:1:3::1"))


def test_an_ipv4_address_in_ipv6_form_is_the_same(limit: RateLimit) -> None:
    fail(limit, 5, f"::ffff:{ADDRESS}")

    with pytest.raises(RateLimitedError):
        limit.check(site_of(ADDRESS))


def test_addresses_are_not_kept_and_expire(limit: RateLimit, client: firestore.Client) -> None:
    fail(limit, 7)

    [kept] = client.collection(COLLECTION).stream()
    assert ADDRESS not in kept.id + str(kept.to_dict())
    assert len(kept.id) == 64
    assert len(kept.get("failures")) == 6, "a document does not grow with the attack"
    assert kept.get("expiresAt") == kept.get("failures")[-1] + timedelta(minutes=10)


def test_without_an_answer_from_the_database_nobody_is_let_through(
    limit: RateLimit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: Any, **__: Any) -> None:
        raise google_errors.ServiceUnavailable("down")

    monkeypatch.setattr(FirestoreClient, "batch_get_documents", unavailable)

    with pytest.raises(google_errors.ServiceUnavailable):
        limit.check(ADDRESS)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        (None, None),
        ("", None),
        ("203.0.113.7", "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", "203.0.113.7"),
        ("1.1.1.1,2.2.2.2 , 203.0.113.7", "203.0.113.7"),
    ],
)
def test_only_the_address_that_the_front_end_added_counts(header: str | None, address: str | None) -> None:
    assert client_address(header) == address
