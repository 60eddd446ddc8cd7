"""`python -m local.linode.boot WORLD`: become the host. The supervisor runs this as the program `host`.

The process turns into systemd-nspawn, so that SIGTERM reaches it and powers the host off in order, and a
reboot of the host from inside ends it, upon which the supervisor starts it again.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from local.linode import (
    control_group,
    filesystem,
    guest_gateway,
    guest_settings,
    legacy_python,
    login,
    network,
)
from local.linode.guest_settings import GUEST_PIP_CACHE
from local.linode.machine import Machine, require_root_and_tools
from local.world import CACHE, World, WorldError

FIRST_USER = 1000
"""Debian's first person: `manager`, who installs Python packages on a provisioned host."""


def main() -> None:
    """Clear what a killed run left, prepare the host's surroundings and turn into it."""
    try:
        machine = Machine(World.load(sys.argv[1]))
        require_root_and_tools()
        network.remove_network(machine)
        control_group.remove_group(machine)
        root = filesystem.mount_root(machine, print)
        _prepare(machine, root)
        network.create_network(machine)
        control_group.enter_group(machine)
    except WorldError as error:
        sys.exit(f"host: {error}")
    os.execvpe("systemd-nspawn", container_command(machine), _environment())  # noqa: S606  # nosec B606 (no shell wanted)


def container_command(machine: Machine) -> list[str]:
    """The container's command line. Registered nowhere and in no unit of its own, it needs no system bus."""
    command = ["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", "--link-journal=no"]
    command += [f"--directory={machine.root}", f"--machine={machine.name}", "--console=pipe"]
    # An existing namespace does not bring the right to configure it; the host needs that for its firewall.
    command += [f"--network-namespace-path=/run/netns/{machine.name}", "--capability=CAP_NET_ADMIN"]
    command += ["--resolv-conf=copy-host", f"--bind={machine.gateway}:{guest_gateway.GUEST_FOLDER}"]
    command += [f"--bind={_pip_cache()}:{GUEST_PIP_CACHE}"]
    if python := legacy_python.interpreter_folder():
        command += [f"--bind-ro={python}"]
    return command


def _prepare(machine: Machine, root: Path) -> None:
    machine.gateway.mkdir(exist_ok=True)
    login.install_keys(machine, root)
    guest_settings.write_guest_settings(machine, root)
    guest_gateway.write_gateway_units(machine, root)
    legacy_python.install_link(root)


def _pip_cache() -> Path:
    """What pip downloads, shared by all hosts of this user."""
    folder = CACHE / "pip"
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, FIRST_USER, FIRST_USER)
    return folder


def _environment() -> dict[str, str]:
    legacy = {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "0"} if control_group.is_hybrid() else {}
    return dict(os.environ) | legacy


if __name__ == "__main__":
    main()
