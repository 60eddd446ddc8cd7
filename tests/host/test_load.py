"""Under a steady load, deploys, rollbacks and restarts lose no request."""

from __future__ import annotations

import time

from tests.figures import Tell
from tests.host.live_host import LiveHost
from tests.host.steady_load import RATE, Load

QUIET_SECONDS = 4
"""So long the same load is measured while nothing happens, for comparison."""


def test_a_deploy_a_rollback_and_a_restart_lose_no_request(
    live_host: LiveHost, load: Load, tell: Tell
) -> None:
    first = live_host.serving()
    with load.at(RATE) as quiet:
        time.sleep(QUIET_SECONDS)
    tell(f"without: {quiet}")
    with live_host.edited("linode/backend/release-note.txt", "another release\n"), load.at(RATE) as report:
        live_host.deploy()
        second = live_host.serving()
        assert live_host.fab("rollback").status == 0
        assert live_host.serving() == first
        assert live_host.fab("restart").status == 0
    tell(f"through a deploy, a rollback and a restart: {report}")
    assert report.lost == []
    assert set(report.releases) == {first, second}
