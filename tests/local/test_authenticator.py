from __future__ import annotations

import base64

import pytest

from local import authenticator
from local.authenticator import Authenticator, code_of, new_secret

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_rfc_6238(moment: int, code: str) -> None:
    """Its appendix B, of which the last six digits are shown."""
    assert code_of(RFC_SECRET, moment // authenticator.STEP_SECONDS) == code


def test_no_code_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_800_000_000.0]
    monkeypatch.setattr("local.authenticator.time.time", lambda: clock[0])
    monkeypatch.setattr("local.authenticator.time.sleep", lambda seconds: clock.append(clock.pop() + seconds))
    app = Authenticator(new_secret())
    assert len({app.code() for _ in range(4)}) == 4
    assert clock[0] >= 1_800_000_000 + 2 * authenticator.STEP_SECONDS
