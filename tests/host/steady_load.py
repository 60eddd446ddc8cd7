"""A fixed number of requests a second to the site, and a report on each of them.

The requests are sent at fixed times from a thread of their own (an open model: a slow answer delays no other
request), by HTTP/1.1 with connections kept alive as browsers keep them.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx

RATE = 50.0
"""Requests a second."""
HEALTH = "/felagar/healthz/"
PATHS = (HEALTH, "/admin/login/", HEALTH, "/static/admin/css/base.css")
ANSWER_SECONDS = 60.0
"""A request without an answer by then counts as lost; nginx itself would wait for 300 s."""
LONGEST_SECONDS = 600.0


class ClosedError(httpx.HTTPError):
    """The server closed the connection before its answer began, by an end or by a reset."""


@dataclass
class Report:
    """The results of the requests."""

    sent: int = 0
    lost: list[str] = field(default_factory=list)
    """Requests without a proper answer: when (seconds from the beginning), which and why."""
    latencies: list[float] = field(default_factory=list)
    """Seconds, one for each answered request."""
    releases: Counter[str] = field(default_factory=Counter)
    """How many answers each release gave."""
    seconds: float = 0.0

    def __str__(self) -> str:
        """One line for the person who reads the test's output."""
        ordered = sorted(self.latencies) or [0.0]
        median, late = (ordered[int(part * (len(ordered) - 1))] * 1000 for part in (0.5, 0.99))
        return (
            f"{self.sent} requests in {self.seconds:.1f} s ({self.sent / max(self.seconds, 0.001):.0f}/s),"
            f" {len(self.lost)} lost; median {median:.0f} ms, 99 % within {late:.0f} ms,"
            f" slowest {ordered[-1] * 1000:.0f} ms; {len(self.releases)} releases answered"
        )


class Load:
    """The load on one site. A context manager: the report is complete when the block has ended."""

    def __init__(self, name: str, authority: Path) -> None:
        self._base = f"https://{name}"
        self._tls = ssl.create_default_context(cafile=str(authority))
        self._rate = RATE
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self.report = Report()

    def at(self, rate: float) -> Self:
        """The same with so many requests a second."""
        self._rate = rate
        return self

    def __enter__(self) -> Report:
        """Begin, and return once the first answer is there."""
        self.report = Report()
        self._ending.clear()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="load")
        self._thread.start()
        began = time.monotonic()
        while not self.report.latencies and time.monotonic() - began < ANSWER_SECONDS:
            time.sleep(0.05)
        return self.report

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Send no more, and wait for the missing answers."""
        self._ending.set()
        if self._thread:
            self._thread.join()

    async def _run(self) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
        timeout = httpx.Timeout(ANSWER_SECONDS)
        async with (
            httpx.AsyncClient(
                base_url=self._base, verify=self._tls, limits=limits, timeout=timeout
            ) as client,
            asyncio.TaskGroup() as tasks,
        ):
            began = time.monotonic()
            while not self._ending.is_set() and time.monotonic() - began < LONGEST_SECONDS:
                await asyncio.sleep(max(0.0, began + self.report.sent / self._rate - time.monotonic()))
                path = PATHS[self.report.sent % len(PATHS)]
                self.report.sent += 1
                tasks.create_task(self._ask(client, path, began))
            self.report.seconds = time.monotonic() - began

    async def _ask(self, client: httpx.AsyncClient, path: str, began: float) -> None:
        asked = time.monotonic()
        try:
            answer = await _answer(client, path)
            wrong = None if answer.status_code == httpx.codes.OK else f"status {answer.status_code}"
            if path == HEALTH and not wrong:
                self.report.releases[answer.json()["release"]] += 1
        except (httpx.HTTPError, ValueError, KeyError) as error:
            wrong = repr(error)
        if wrong:
            self.report.lost.append(f"{asked - began:.2f} s: {path}: {wrong}")
        else:
            self.report.latencies.append(time.monotonic() - asked)


async def _answer(client: httpx.AsyncClient, path: str) -> httpx.Response:
    """The whole answer. Raises ClosedError if the connection is closed before it begins."""
    try:
        answer = await client.send(client.build_request("GET", path), stream=True)
    except (httpx.RemoteProtocolError, httpx.ReadError) as error:
        raise ClosedError(repr(error)) from error
    try:
        await answer.aread()
    finally:
        await answer.aclose()
    return answer
