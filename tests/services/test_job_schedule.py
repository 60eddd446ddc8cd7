"""A job is due at the right times, and its retries are spaced as at Google."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.services.job_schedule import Retries, due_time, next_time, seconds

DAILY = {"schedule": "30 3 * * *", "timeZone": "Atlantic/Reykjavik", "state": "ENABLED"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_job_is_due_once_at_its_minute() -> None:
    assert due_time(DAILY, at("2026-11-23T03:29:59"), at("2026-11-23T03:30:00")) == at("2026-11-23T03:30")
    assert due_time(DAILY, at("2026-11-23T03:30:00"), at("2026-11-23T03:30:01")) is None
    assert due_time(DAILY, at("2026-11-23T03:00:00"), at("2026-11-23T03:29:59")) is None


def test_a_late_look_finds_the_last_time_only() -> None:
    assert due_time(DAILY, at("2026-11-20T00:00"), at("2026-11-23T12:00")) == at("2026-11-23T03:30")


def test_a_paused_job_is_never_due() -> None:
    paused = DAILY | {"state": "PAUSED"}
    assert due_time(paused, at("2026-11-20T00:00"), at("2026-11-23T12:00")) is None


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Atlantic/Reykjavik", "2026-07-01T03:30"),
        ("Europe/Copenhagen", "2026-07-01T01:30"),
        ("America/New_York", "2026-07-01T07:30"),
    ],
)
def test_the_time_is_that_of_the_jobs_zone(zone: str, expected: str) -> None:
    job = DAILY | {"timeZone": zone}
    assert due_time(job, at("2026-06-30T22:00"), at("2026-07-01T12:00")) == at(expected)


def test_the_zone_moves_with_summer_time() -> None:
    job = DAILY | {"timeZone": "Europe/Copenhagen"}
    assert next_time(job, at("2026-10-24T12:00")) == at("2026-10-25T02:30")
    assert next_time(job, at("2026-10-23T12:00")) == at("2026-10-24T01:30")


@given(st.integers(0, 10**6), st.lists(st.integers(1, 200), min_size=1, max_size=30))
def test_looking_often_or_seldom_each_minute_fires_at_most_once(start: int, steps: list[int]) -> None:
    sweep = {"schedule": "* * * * *", "timeZone": "Atlantic/Reykjavik"}
    now = at("2026-01-01T00:00") + timedelta(seconds=start)
    fired: list[datetime] = []
    for step in steps:
        later = now + timedelta(seconds=step)
        due = due_time(sweep, now, later)
        assert due is None or now < due <= later
        fired += [due] if due else []
        now = later
    assert len(fired) == len(set(fired))
    assert fired == sorted(fired)


@pytest.mark.parametrize(
    ("config", "pauses"),
    [
        ({}, []),
        ({"retryCount": 3, "minBackoffDuration": "30s", "maxBackoffDuration": "600s"}, [30, 60, 120]),
        ({"retryCount": 3, "minBackoffDuration": "30s", "maxBackoffDuration": "50s"}, [30, 50, 50]),
        ({"retryCount": 5, "minBackoffDuration": "1s", "maxDoublings": 2}, [1, 2, 4, 8, 12]),
        ({"retryCount": 5, "minBackoffDuration": "10s", "maxRetryDuration": "35s"}, [10, 20]),
    ],
)
def test_retries_are_spaced_as_google_documents(config: dict[str, Any], pauses: list[float]) -> None:
    assert list(Retries.of(config).pauses()) == pauses


def test_durations() -> None:
    assert seconds("600s") == 600
    assert seconds("3.5s") == 3.5
    for wrong in ("600", "-1s", "1m", "", "s"):
        with pytest.raises(ValueError, match="not a duration"):
            seconds(wrong)
