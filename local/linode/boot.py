"""`python -m local.linode.boot WORLD`: starts the host. The supervisor runs this as the program `host`.

The process becomes systemd-nspawn, so that SIGTERM reaches it and shuts the host down in order. A reboot
inside the host ends the process, and the supervisor starts it again.
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
"""The id of Debian's first user: `manager`, who installs Python packages on a provisioned host."""


def main() -> None:
    """Remove what a killed run left, prepare the host's surroundings and become the host."""
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
    """The container's command line. It is not registered and has no unit, so it needs no system bus."""
    command = ["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", "--link-journal=no"]
    command += [f"--directory={machine.root}", f"--machine={machine.name}", "--console=pipe"]
    # nspawn does not give the right to configure an existing namespace; the host's firewall needs it.
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
    """The folder of pip's downloads, which all hosts of this user share."""
    folder = CACHE / "pip"
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, FIRST_USER, FIRST_USER)
    return folder


def _environment() -> dict[str, str]:
    legacy = {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "0"} if control_group.is_hybrid() else {}
    return dict(os.environ) | legacy


if __name__ == "__main__":
    main()
