"""A deploy whose client dies or whose connection drops, after each of its steps.

The site keeps answering, always from a complete release, and the next deploy succeeds by itself.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import suppress

import deploy
import psutil
import pytest

from tests.host.live_host import RELEASES, LiveHost
from tests.host.steady_load import Load

NOTE = "linode/backend/release-note.txt"
"""What its content is, makes one release differ from another."""
RATE = 10.0
"""Requests a second while a deploy is cut short and made good."""


def kill_the_client(_: LiveHost, client: subprocess.Popen[str]) -> None:
    client.kill()


def drop_the_connection(host: LiveHost, client: subprocess.Popen[str]) -> None:
    """End the host's side of the client's connection; whatever runs there goes on without it."""
    with suppress(psutil.NoSuchProcess):
        for connection in psutil.Process(client.pid).net_connections("tcp"):
            session = f"ss -H --tcp --numeric --processes sport = :22 and dport = :{connection.laddr.port}"
            host.shell(f"{session} | grep -o 'pid=[0-9]*' | sort -u | cut -d= -f2 | xargs -r kill -9")


def cut_after(host: LiveHost, step: str, cut: Callable[[LiveHost, subprocess.Popen[str]], None]) -> int:
    """Start a deploy and cut it short as soon as it says that the step is done; its exit status.

    It may have ended meanwhile, where that was its last step.
    """
    with host.start_fab("deploy", "--json") as client:
        assert client.stdout
        steps = (json.loads(line)["step"] for line in client.stdout)
        assert step in steps
        cut(host, client)
        _, errors = client.communicate()
    assert "Traceback" not in errors
    return client.returncode


def complete_releases(host: LiveHost) -> set[str]:
    """The releases that bear a release's name; each must be whole."""
    names = set(host.shell(f"ls {RELEASES}").split())
    whole = host.shell(f"cd {RELEASES}; ls -d */RELEASE */backend/manage.py | cut -d/ -f1 | sort | uniq -d")
    assert set(whole.split()) == names
    return names


def test_a_deploy_takes_the_steps_that_it_announces(host_as_it_was: LiveHost) -> None:
    """What is cut short below is all that there is."""
    with host_as_it_was.edited(NOTE, "to be planned, then deployed"):
        planned = [step["step"] for step in host_as_it_was.deploy("--dry-run").steps]
        taken = [step["step"] for step in host_as_it_was.deploy().steps]
    assert tuple(planned[:-1]) == tuple(taken[:-1]) == deploy.STEPS


@pytest.mark.parametrize("step", deploy.STEPS)
def test_cut_short_twice_after_a_step(host_as_it_was: LiveHost, load: Load, step: str) -> None:
    """A client dies; the next deploy makes that good, comes as far, and loses its connection there."""
    host = host_as_it_was
    releases = complete_releases(host)
    with load.at(RATE) as report:
        for cut in (kill_the_client, drop_the_connection):
            with host.edited(NOTE, f"{step}: {cut.__name__}"):
                assert cut_after(host, step, cut) != 0 or step == deploy.STEPS[-1]
                releases |= complete_releases(host)
        with host.edited(NOTE, f"{step}: whole"):
            host.deploy()
            assert host.serving().startswith(host.tree_hash())
    assert report.lost == []
    assert set(report.releases) <= releases | {host.serving()}
