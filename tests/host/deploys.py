"""Deploys that are watched, stopped and refused."""

from __future__ import annotations

import json
import signal
import subprocess
from contextlib import suppress

import psutil

from tests.host.live_host import LiveHost, Told

A_TEST = "linode/backend/sync/tests/test_nothing.py"
"""No release holds it."""
NOTE = "linode/backend/release-note.txt"
"""A file by whose content one release differs from another."""


def reach(client: subprocess.Popen[str], step: str) -> None:
    """Read the output of a deploy (with `--json`) until this step is done."""
    assert client.stdout
    assert step in (json.loads(line)["step"] for line in client.stdout)


def drop_the_connection(host: LiveHost, client: subprocess.Popen[str]) -> None:
    """End the host's side of the client's connection; commands that run there go on."""
    client.send_signal(signal.SIGSTOP)
    with suppress(psutil.NoSuchProcess):
        for connection in psutil.Process(client.pid).net_connections("tcp"):
            session = f"ss -H --tcp --numeric --processes sport = :22 and dport = :{connection.laddr.port}"
            host.shell(f"{session} | grep -o 'pid=[0-9]*' | sort -u | cut -d= -f2 | xargs -r kill -9")
    client.send_signal(signal.SIGCONT)


def ending(client: subprocess.Popen[str]) -> Told:
    """Wait for its end."""
    output, errors = client.communicate()
    return Told(client.returncode, output, errors)


def refused(host: LiveHost, told: Told, because: str) -> None:
    """The task ended with that complaint, and the site is well."""
    assert told.status == 1, told.output + told.errors
    assert because in told.complaint, told.complaint
    assert host.is_well(), host.health()
