"""The worker against a mail server of another make: each recipient gets a letter once, or is named as unknown."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from tests.linode.mail.storm import storm
from tests.linode.postgres import Postgres
from tests.linode.runtimes import Runtime

LETTERS = 100
KILLS = 2
UNKIND = 0.2


def test_each_recipient_once_or_unknown_and_none_twice(runtime: Runtime, postgres: Postgres, seed: int) -> None:
    if runtime.name == "legacy-floor":
        pytest.skip("it has the libraries of the legacy runtime")
    outcome = storm(postgres, letters=LETTERS, kills=KILLS, share=UNKIND, seed=seed, runtime=runtime)
    assert len(outcome.states) == LETTERS
    assert not outcome.broken, outcome.summary()
    assert outcome.kills == KILLS
    assert list(outcome.states.values()).count("sent") > LETTERS / 2
    text = message_from_bytes(next(iter(outcome.taken.values()))[0], policy=policy.default)
    assert text["Subject"] == "Aðalfundur"
    plain = text.get_body(("plain",))
    assert plain
    assert "Kæra Þórdís" in plain.get_content()
