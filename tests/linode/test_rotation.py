"""A rotation of the functions' tokens under load: Django's commands, in the order in which the program runs them.

That the program keeps to the order is shown in `tests/infra/test_wiring.py`. Here callers go on all the while,
and their instances change over one after the other, as those of a function do.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.figures import Tell
from tests.linode.django_server import FUNCTIONS, DjangoServer, digest_of

INSTANCES = 3
"""Of each function, each with the token that it was started with."""
PAUSE = 0.5
"""Seconds between two steps."""
ROUTES = {"searchmembers": "search"}
WRONG: dict[str, Any] = {"page": 0}
"""A body that no call takes: who is let in is told so by 400."""
CALL_SECONDS = 60
"""That a call may take on a busy machine."""


class Callers:
    """Instances of every function, each of which calls without end."""

    def __init__(self, site: DjangoServer) -> None:
        self._site = site
        self._tokens = [(name, site.tokens[name]) for name in FUNCTIONS for _ in range(INSTANCES)]
        self._used = [token for _, token in self._tokens]
        """The token of each one's last call."""
        self.statuses: Counter[int] = Counter()
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._call, args=(number,), daemon=True)
            for number in range(len(self._tokens))
        ]

    def __enter__(self) -> Callers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def change_over(self, tokens: dict[str, str]) -> None:
        """Each instance gets the new token, one after the other. In the end no call with an old one is left."""
        for number, (name, _) in enumerate(self._tokens):
            self._tokens[number] = (name, tokens[name])
            time.sleep(PAUSE / len(self._tokens))
        deadline = time.monotonic() + CALL_SECONDS
        while self._used != [token for _, token in self._tokens]:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def _call(self, number: int) -> None:
        with httpx.Client(base_url=self._site.base_url, timeout=CALL_SECONDS) as client:
            while not self._over.wait(0.02):
                name, token = self._tokens[number]
                path = f"/api/sync/{ROUTES.get(name, 'mark-synced')}/"
                headers = {"Authorization": f"Token {token}"}
                answer = client.post(path, headers=headers, json=WRONG)
                self.statuses[answer.status_code] += 1
                self._used[number] = token


@pytest.fixture
def new(site: DjangoServer) -> Iterator[dict[str, str]]:
    """New tokens of all functions; the site's own afterwards."""
    tokens = {name: secrets.token_hex(20) for name in FUNCTIONS}
    yield tokens
    site.tokens = tokens


def accept(site: DjangoServer, tokens: dict[str, str], *options: str) -> None:
    digests = json.dumps({name: digest_of(token) for name, token in tokens.items()})
    site.manage("ensure_api_token", "--file=-", *options, stdin=digests)


def test_no_call_fails_while_tokens_are_rotated(site: DjangoServer, new: dict[str, str], tell: Tell) -> None:
    with Callers(site) as callers:
        accept(site, new)
        callers.change_over(new)
        accept(site, new, "--others-end-in=0")
        time.sleep(PAUSE)
    tell(f"rotation: {callers.statuses.total()} calls meanwhile")
    assert set(callers.statuses) == {400}
    assert callers.statuses[400] > 50
    assert refused(site, site.tokens)


def test_in_another_order_calls_fail(site: DjangoServer, new: dict[str, str]) -> None:
    """So the test above would see a rotation that fails them."""
    with Callers(site) as callers:
        callers.change_over(new)
        accept(site, new)
    assert callers.statuses[401] > 0


def refused(site: DjangoServer, tokens: dict[str, str]) -> bool:
    """Whether none of these opens anything."""
    headers = [{"Authorization": f"Token {token}"} for token in tokens.values()]
    url = f"{site.base_url}/api/sync/mark-synced/"
    return {httpx.post(url, headers=each, json={}, timeout=60).status_code for each in headers} == {401}
