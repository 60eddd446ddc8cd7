"""A deploy whose client dies or whose connection drops, after each of its steps.

The site keeps answering, always from a complete release, and the next deploy succeeds by itself.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from deploy.release import flow as deploy
from tests.figures import Tell
from tests.host.deploys import A_TEST, NOTE, drop_the_connection, ending, reach
from tests.host.live_host import RELEASES, LiveHost
from tests.host.steady_load import Load

Cut = Callable[[LiveHost, subprocess.Popen[str]], None]
RATE = 10.0
"""Requests a second while a deploy is cut short and repaired."""
BEFORE = deploy.STEPS[: deploy.STEPS.index("switch")]
"""The steps before the switch."""


def kill_the_client(_: LiveHost, client: subprocess.Popen[str]) -> None:
    client.kill()


@dataclass(frozen=True)
class Left:
    """What a deploy has left on the host that was cut short."""

    releases: set[str]
    switched: bool


def cut_after(host: LiveHost, step: str, cut: Cut) -> Left:
    """Start a deploy and cut it short as soon as it says that the step is done.

    If that was its last step, it may have ended meanwhile. The cut may come a moment late, so the host is
    asked whether it had switched.
    """
    before = host.serving()
    with host.start_fab("deploy", "--json") as client:
        reach(client, step)
        cut(host, client)
        told = ending(client)
    assert "Traceback" not in told.errors
    assert told.status != 0 or step == deploy.STEPS[-1]
    left = Left(complete_releases(host), switched=host.serving() != before)
    assert left.switched or step in BEFORE
    return left


def complete_releases(host: LiveHost) -> set[str]:
    """The folders with a release's name; each must be complete."""
    names = set(host.shell(f"ls {RELEASES}").split())
    whole = host.shell(f"cd {RELEASES}; ls -d */RELEASE */backend/manage.py | cut -d/ -f1 | sort | uniq -d")
    assert set(whole.split()) == names
    return names


def test_a_deploy_takes_the_steps_that_it_announces(host_as_it_was: LiveHost, tell: Tell) -> None:
    """So the cuts below are after all steps that there are. If only a test changed, nothing is deployed."""
    host = host_as_it_was
    with host.edited(NOTE, "to be planned, then deployed"):
        planned = [step["step"] for step in host.deploy("--dry-run").steps]
        changed = host.deploy()
        with host.edited(A_TEST, "# Tests stay at home."):
            unchanged = host.deploy()
    taken = [step["step"] for step in changed.steps]
    assert tuple(planned[:-1]) == tuple(taken[:-1]) == deploy.STEPS
    assert unchanged.steps[-1]["step"] == f"nothing to deploy: {host.serving()} serves"
    tell(f"fab deploy of a code change {changed.seconds:.1f} s, with no change {unchanged.seconds:.1f} s")
    first = [f"fab {task} {took:.1f} s" for task, took in host.set_up_seconds.items()]
    tell(f"a bare host: {', '.join(first)}")


@pytest.mark.parametrize("step", deploy.STEPS)
def test_a_deploy_after_interrupted_ones_succeeds(host_as_it_was: LiveHost, load: Load, step: str) -> None:
    """One deploy's client is killed; the next deploy, of another content, loses its connection.

    If the cut was before the switch, the deploy after it starts anew; if after, it only repairs the rest.
    """
    host = host_as_it_was
    with load.at(RATE) as report, host.edited(NOTE, f"{step}: killed"):
        first = cut_after(host, step, kill_the_client)
        with host.edited(NOTE, f"{step}: disconnected"):
            second = cut_after(host, step, drop_the_connection)
            told = host.deploy()
            assert host.serving().startswith(host.tree_hash())
    assert ("upload" in [line["step"] for line in told.steps]) is not second.switched
    assert report.lost == []
    assert set(report.releases) <= first.releases | second.releases | {host.serving()}
