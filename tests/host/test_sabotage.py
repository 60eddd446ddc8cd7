"""A broken host is noticed: for each way to break it, a smoke test fails while it is broken."""

from __future__ import annotations

import pytest

from tests.figures import Tell
from tests.host.live_host import LiveHost
from tests.host.sabotage import SABOTAGES, Sabotage
from tests.host.smoke_session import SmokeSession


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda sabotage: sabotage.name)
def test_a_broken_host_is_noticed(live_host: LiveHost, smoke: SmokeSession, sabotage: Sabotage) -> None:
    assert smoke.faults(sabotage.test) == []
    try:
        live_host.shell(sabotage.breaks)
        noticed = smoke.faults(sabotage.test)
    finally:
        live_host.shell(sabotage.mends)
    assert {(ending.phase, ending.outcome) for ending in noticed} == {("call", "failed")}, noticed
    assert smoke.faults(sabotage.test) == []


def test_the_smoke_suite_passes(host_as_it_was: LiveHost, smoke: SmokeSession, tell: Tell) -> None:
    """After all sabotage, too. Tests that need a bucket, which this host does not have, skip themselves."""
    endings = smoke.run()
    assert "\n".join(ending.report for ending in endings if ending.outcome == "failed") == ""
    tell(f"{len(endings)} smoke tests, none failed")
