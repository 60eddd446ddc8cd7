"""The limit of log-in attempts, counted in the real emulator."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from google.api_core import exceptions as google_errors
from google.cloud import firestore
from google.cloud.firestore_v1.services.firestore import FirestoreClient

from auth.rate_limit import COLLECTION, RateLimit, RateLimitedError, client_address

ADDRESS = "203.0.113.7"


def limit_of(client: firestore.Client, window: timedelta = timedelta(minutes=10)) -> RateLimit:
    return RateLimit(client, key=b"a-secret", attempts=5, window=window)


@pytest.fixture
def limit(client: firestore.Client) -> RateLimit:
    return limit_of(client)


def test_the_sixth_attempt_is_refused_and_told_when_to_come_back(limit: RateLimit) -> None:
    for _ in range(5):
        limit.admit(ADDRESS)

    with pytest.raises(RateLimitedError) as caught:
        limit.admit(ADDRESS)
    assert 590 < caught.value.retry_after <= 600


def test_another_address_has_a_count_of_its_own(limit: RateLimit) -> None:
    for _ in range(5):
        limit.admit(ADDRESS)

    limit.admit("203.0.113.8")


def test_it_holds_across_instances(client: firestore.Client) -> None:
    for _ in range(5):
        limit_of(client).admit(ADDRESS)

    with pytest.raises(RateLimitedError):
        limit_of(client).admit(ADDRESS)


def test_simultaneous_attempts_are_all_counted(limit: RateLimit) -> None:
    def attempt(_: int) -> bool:
        try:
            limit.admit(ADDRESS)
        except RateLimitedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        admitted = list(pool.map(attempt, range(16)))

    assert sum(admitted) == 5


def test_old_attempts_are_forgotten(client: firestore.Client) -> None:
    brief = limit_of(client, window=timedelta(microseconds=1))

    for _ in range(7):
        brief.admit(ADDRESS)


@pytest.mark.parametrize("address", [None, "", "nonsense", "999.1.1.1"])
def test_without_an_address_all_share_one_count(limit: RateLimit, address: str | None) -> None:
    for _ in range(5):
        limit.admit(None)

    with pytest.raises(RateLimitedError):
        limit.admit(address)


def test_an_ipv6_network_is_one_address(limit: RateLimit) -> None:
    for number in range(5):
        limit.admit(f"2001:db8:1:2::{number}")

    with pytest.raises(RateLimitedError):
        limit.admit("2001:db8:1:2:ffff::1")
    limit.admit("2001:db8:1:3::1")


def test_an_ipv4_address_in_ipv6_form_is_the_same(limit: RateLimit) -> None:
    for _ in range(5):
        limit.admit(f"::ffff:{ADDRESS}")

    with pytest.raises(RateLimitedError):
        limit.admit(ADDRESS)


def test_addresses_are_not_kept_and_expire(limit: RateLimit, client: firestore.Client) -> None:
    limit.admit(ADDRESS)

    [kept] = client.collection(COLLECTION).stream()
    assert ADDRESS not in kept.id + str(kept.to_dict())
    assert len(kept.id) == 64
    assert kept.get("expiresAt") == kept.get("attempts")[-1] + timedelta(minutes=10)


def test_without_an_answer_from_the_database_nobody_is_let_through(
    limit: RateLimit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise google_errors.ServiceUnavailable("down")

    monkeypatch.setattr(FirestoreClient, "batch_get_documents", fail)

    with pytest.raises(google_errors.ServiceUnavailable):
        limit.admit(ADDRESS)


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
