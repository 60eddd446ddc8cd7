"""Decides when a Cloud Scheduler job is due and how its retries are spaced, without clock or network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from croniter import croniter

ENABLED = "ENABLED"


@dataclass(frozen=True)
class Retries:
    """How often and after which pauses (in seconds) a failed attempt is repeated; defaults as Google's."""

    count: int = 0
    shortest: float = 5.0
    longest: float = 3600.0
    doublings: int = 5
    total: float = 0.0
    """Seconds after the first attempt in which further attempts begin; 0 for no limit."""

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Retries:
        """Read a job's `retryConfig`."""
        return cls(
            count=int(config.get("retryCount", cls.count)),
            shortest=seconds(config.get("minBackoffDuration", "5s")),
            longest=seconds(config.get("maxBackoffDuration", "3600s")),
            doublings=int(config.get("maxDoublings", cls.doublings)),
            total=seconds(config.get("maxRetryDuration", "0s")),
        )

    def pauses(self) -> Iterator[float]:
        """The pause before each retry: it doubles `doublings` times and then grows by the same step."""
        waited = 0.0
        for retry in range(self.count):
            pause = float(min(self.longest, self._interval(retry)))
            waited += pause
            if self.total and waited > self.total:
                return
            yield pause

    def _interval(self, retry: int) -> float:
        steps = max(0, retry - self.doublings)
        doubled: float = self.shortest * 2 ** min(retry, self.doublings)
        return doubled + steps * self.shortest * float(2**self.doublings)


def due_time(job: Mapping[str, Any], after: datetime, until: datetime) -> datetime | None:
    """The latest time in (after, until] at which the job should run, or None.

    `job` is Cloud Scheduler's Job; both times are aware. A paused job is never due.
    """
    if job.get("state", ENABLED) != ENABLED:
        return None
    zone = ZoneInfo(job.get("timeZone", "Etc/UTC"))
    # croniter's previous time is before its start, but `until` itself counts.
    latest: datetime = croniter(job["schedule"], until.astimezone(zone) + timedelta(microseconds=1)).get_prev(
        datetime
    )
    return latest if latest > after else None


def next_time(job: Mapping[str, Any], after: datetime) -> datetime:
    """The first time after the given one at which the job is due."""
    zone = ZoneInfo(job.get("timeZone", "Etc/UTC"))
    following: datetime = croniter(job["schedule"], after.astimezone(zone)).get_next(datetime)
    return following


def seconds(duration: str) -> float:
    """The seconds of a duration in Google's JSON, such as `600s` or `3.5s`. Raises ValueError."""
    if not re.fullmatch(r"\d+(\.\d+)?s", duration):
        raise ValueError(f"not a duration: {duration!r}")
    return float(duration[:-1])
