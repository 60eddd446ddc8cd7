"""Who calls a callable function, and how it refuses."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from firebase_functions.https_fn import FunctionsErrorCode

SUPERUSER = "superuser"
STAFF_ROLES = frozenset({"admin", SUPERUSER})
RECENT_SECONDS = 15 * 60
"""So long after a log-in its person may do what a browser that was left open must not."""
CLOCK_SECONDS = 60
"""By which Firebase's clock may be ahead of ours."""


@dataclass(frozen=True)
class Caller:
    """Who is logged in, as their verified ID token says."""

    uid: str
    kennitala: str
    roles: frozenset[str]
    logged_in_at: int = 0
    """Seconds since 1970. A token that is renewed keeps it; 0 if the token does not say."""

    @property
    def is_staff(self) -> bool:
        """Whether they may act for other members."""
        return bool(self.roles & STAFF_ROLES)

    @property
    def is_superuser(self) -> bool:
        """Whether they may say who is staff."""
        return SUPERUSER in self.roles

    def require_recent_log_in(self) -> None:
        """Raise CallableError unless they showed who they are a short while ago (OWASP ASVS 5, 7.5.1)."""
        age = time.time() - self.logged_in_at
        if not -CLOCK_SECONDS <= age <= RECENT_SECONDS:
            raise CallableError(FunctionsErrorCode.UNAUTHENTICATED, "log in again first")


Handler = Callable[[Caller, Any], Mapping[str, Any]]
"""Answers a logged-in caller's data, or raises CallableError."""


class CallableError(Exception):
    """An error that the caller gets, with one of Firebase's codes."""

    def __init__(self, code: FunctionsErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


def invalid(message: str) -> CallableError:
    """The data cannot be used."""
    return CallableError(FunctionsErrorCode.INVALID_ARGUMENT, message)


def forbidden(message: str) -> CallableError:
    """The caller may not do this."""
    return CallableError(FunctionsErrorCode.PERMISSION_DENIED, message)
