"""Stands in for the authenticator app on a phone: makes the codes of a second factor (TOTP, RFC 6238)."""

from __future__ import annotations

import base64
import hmac
import secrets
import struct
import time
from dataclasses import dataclass

STEP_SECONDS = 30
SECRET_BYTES = 20


def new_secret() -> str:
    """A secret as apps show it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_of(secret: str, step: int) -> str:
    """The code of a time step (RFC 4226, 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


@dataclass
class Authenticator:
    """One account in the app. A code works once, so each one given is newer than the one before."""

    secret: str
    last_step: int = -1

    def code(self) -> str:
        """A fresh code; waits for it if the last one is too new for the site to take one more."""
        step = max(int(time.time()) // STEP_SECONDS, self.last_step + 1)
        while step > time.time() // STEP_SECONDS + 1:
            time.sleep(0.5)
        self.last_step = step
        return code_of(self.secret, step)
