"""Failed log-ins: whom they count for, and the answer after too many. How they are counted: rate_limit.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from runtime.answers import AnswerError

from .rate_limit import RateLimit, RateLimitedError, site_of


@dataclass(frozen=True)
class FailedLogins:
    """The two limits. That of an address is far higher: many people may share one."""

    of_addresses: RateLimit
    of_persons: RateLimit

    def check_address(self, forwarded_for: str | None) -> None:
        """Raises AnswerError after too many failures from there."""
        with _answered():
            self.of_addresses.check(site_of(forwarded_for))

    def check_person(self, subject: str) -> None:
        """Raises AnswerError after too many failures with tokens of theirs."""
        with _answered():
            self.of_persons.check(subject)

    def count(self, forwarded_for: str | None, subject: str | None = None) -> None:
        """Count a failure, for the person too if the token names one. Raises AnswerError."""
        with _answered():
            self.of_addresses.count(site_of(forwarded_for))
            if subject:
                self.of_persons.count(subject)


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except RateLimitedError as error:
        headers = {"Retry-After": str(error.retry_after)}
        message = "too many failed attempts; try again later"
        raise AnswerError(429, "RATE_LIMITED", message, headers) from error
