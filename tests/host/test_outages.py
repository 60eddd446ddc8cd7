"""A program that ends on a host comes back by itself; meanwhile the site says what is wrong."""

from __future__ import annotations

import time

from local.linode import host as debian
from tests.figures import Tell
from tests.host.deploys import refused
from tests.host.live_host import LiveHost
from tests.host.smoke_session import SmokeSession
from tests.host.waiting import wait_until

MAIN = "systemctl show -p MainPID --value gunicorn"
WORKERS = f"pgrep -P $({MAIN}) gunicorn"
POSTGRESQL = "'postgresql*.service'"
"""With the clusters: they stop after the unit that stands for all of them."""
ROUND = 12
"""After so many requests, each of the three workers has most likely answered one."""
SESSION = "__Host-sessionid=0123456789abcdef0123456789abcdef"


def test_a_killed_worker_is_replaced(host_as_it_was: LiveHost) -> None:
    host = host_as_it_was
    before = set(host.shell(WORKERS).split())
    killed = min(before)
    host.shell(f"kill -9 {killed}")

    def are_as_many_again() -> bool:
        now = set(host.shell(WORKERS, check=False).split())
        return killed not in now and len(now) == len(before)

    wait_until(are_as_many_again, "there are as many workers as before")


def test_a_killed_gunicorn_comes_back_and_answers_waiting_requests(
    host_as_it_was: LiveHost, tell: Tell
) -> None:
    host = host_as_it_was
    killed = host.shell(MAIN)
    began = time.monotonic()
    host.shell(f"kill -9 {killed}")
    assert host.health()["status"] == "ok"
    tell(f"answered {time.monotonic() - began:.1f} s after gunicorn was killed")
    assert host.shell(MAIN) != killed


def test_while_postgresql_is_down_the_site_says_so_quickly(host_as_it_was: LiveHost, tell: Tell) -> None:
    host = host_as_it_was
    clusters = host.shell(f"systemctl list-units --plain --no-legend {POSTGRESQL} | cut -d' ' -f1 | xargs")
    state = host.state()
    host.shell(f"systemctl stop {clusters}")
    try:
        page = host.ask("/admin/login/?next=/admin/", cookie=SESSION)
        health = host.ask("/felagar/healthz/")
        deploy = host.fab("deploy", "--force")
    finally:
        host.shell(f"systemctl start {clusters}")
    tell(f"503 after {page.elapsed.total_seconds():.2f} s")
    assert (page.status_code, page.headers["retry-after"]) == (503, "30")
    assert "cannot reach its database" in page.text
    assert (health.status_code, health.json()["status"]) == (503, "database unavailable")
    # Each worker notices at a request of its own that its old connection is gone.
    wait_until(lambda: all(host.is_well() for _ in range(ROUND)), "every worker is well")
    assert host.state() == state
    refused(host, deploy, "PostgreSQL does not let the site in")


def test_a_reboot_brings_all_back(host_as_it_was: LiveHost, smoke: SmokeSession, tell: Tell) -> None:
    host = host_as_it_was
    release = host.serving()
    began = time.monotonic()
    host.shell("systemctl --no-block reboot")
    host.disconnect()
    wait_until(lambda: not debian.answers(host.world), "the host goes down")
    wait_until(lambda: debian.answers(host.world), "the host comes up")
    wait_until(lambda: host.health().get("status") == "ok", "the site comes up")
    tell(f"the site answers {time.monotonic() - began:.1f} s after `reboot`")
    assert host.serving() == release
    assert smoke.faults("test_services.py") == []
