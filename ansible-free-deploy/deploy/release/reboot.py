"""Reboots the host, and waits until what served before it serves again."""

from __future__ import annotations

import time

from deploy.release import folders
from deploy.remote.connection import LoginRefusedError
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.lock import deploy_lock
from deploy.remote.login import Role, connected
from deploy.remote.service import verify
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps

BOOT_SECONDS = 300.0
PAUSE_SECONDS = 1.0
STARTED = "systemctl show --property=UserspaceTimestamp --value"
"""The moment of the last boot, as systemd tells it; in a container, too."""


def reboot(stack: Stack, steps: Steps) -> str:
    """Reboot while nothing else is going on; what serves afterwards, in words. Raises DeployError."""
    with connected(stack, Role.PROVISION) as host, deploy_lock(host, "reboot"):
        serving, before = folders.serving(host), _booted(host)
        with steps.step("reboot") as outcome:
            # A little later, so that this command's own answer still comes.
            host.run("systemd-run --quiet --on-active=1 systemctl reboot", what="reboot", root=True)
            outcome.changed()
    with steps.step("the host is back"):
        _wait(stack, before)
    if not serving:
        return "nothing is deployed"
    with connected(stack) as host, steps.step("verify"):
        verify(host, serving)
    return f"{serving} serves"


def _booted(host: Host) -> str:
    return host.run(STARTED, what="the last boot").stdout.strip()


def _wait(stack: Stack, before: str) -> None:
    """Until it has booted since. Raises DeployError if that takes more than five minutes."""
    began = time.monotonic()
    while time.monotonic() - began < BOOT_SECONDS:
        time.sleep(PAUSE_SECONDS)
        try:
            with connected(stack) as host:
                if _booted(host) != before:
                    return
        except LoginRefusedError:
            raise
        except DeployError:
            continue
    raise DeployError(f"it does not answer {BOOT_SECONDS:.0f} s after the reboot: look at its console")
