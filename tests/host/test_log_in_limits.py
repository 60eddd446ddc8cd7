"""nginx limits who logs in from one address, before any worker is asked."""

from __future__ import annotations

from collections import Counter

from tests.host.live_host import LiveHost

SITE = "https://starf.ekklesia.test"
HERE = "--connect-to starf.ekklesia.test:443:127.0.0.1:443"
HALL, FLOOD = 200, 900
"""Requests at the same moment: of a hall of volunteers, and of somebody who guesses."""


def log_in(host: LiveHost, source: str, times: int, seconds: int) -> str:
    """Send forms of the log-in at the same moment, from an address of the host; statuses and pages.

    They have no CSRF token, so Django answers 403 to each that comes through. They share few connections: a
    handshake for each would be work for the host's processors, and is not what is limited here.
    """
    at_once = f"--parallel --parallel-max {min(times, 300)} --max-time {seconds}"
    forged = "--header 'X-Forwarded-For: 203.0.113.9' --data username=x --write-out '%{http_code}\\n'"
    where = f"--http2 --interface {source} '{SITE}/admin/login/?[1-{times}]'"
    return host.shell(f"curl --silent {HERE} {at_once} {forged} {where} 2>/dev/null || true")


def statuses(answer: str) -> Counter[str]:
    return Counter(line[-3:] for line in answer.splitlines() if line[-3:] in {"403", "429"})


def test_a_hall_logs_in_from_one_address(live_host: LiveHost) -> None:
    """Nobody is refused; on a busy machine some wait for longer than this client does."""
    found = statuses(log_in(live_host, "127.0.0.4", HALL, 120))
    assert found["429"] == 0
    assert found["403"] > HALL / 2


def test_a_flood_is_refused_with_a_page_and_concerns_nobody_else(live_host: LiveHost) -> None:
    answer = log_in(live_host, "127.0.0.5", FLOOD, 2)
    assert statuses(answer)["429"] > 0
    assert "Bíddu í eina mínútu" in answer
    assert "Wait for a minute" in answer
    assert statuses(log_in(live_host, "127.0.0.6", 1, 10)) == {"403": 1}
