"""Start, stop and destroy the Debian host of a world."""

from __future__ import annotations

import socket
import sys
import time

import yaml

from local import supervisor
from local.linode import certificates, control_group, filesystem, login, network
from local.linode.image import Report, ensure_image
from local.linode.machine import Machine, require_root_and_tools
from local.supervisor import Program
from local.toolchain import python36
from local.world import ROOT, World, stack_file

PROGRAM = "host"
BOOT_PATIENCE_SECONDS = 90.0
POWEROFF_PATIENCE_SECONDS = 60
SSH_PORT = 22


def start(world: World, report: Report = print) -> None:
    """Boot the host and wait until its sshd answers. A running host is left alone.

    Raises WorldError if the machine cannot run it, or if it does not come up.
    """
    require_root_and_tools()
    machine = Machine(world)
    began = time.monotonic()
    if not machine.root.exists():
        ensure_image(lambda line: report(f"host: {line}"))
    certificates.ensure_certificates(machine.tls, _names(world))
    login.ensure_keys(machine)
    supervisor.start_daemon(world)
    supervisor.put_program(world, program(world))
    supervisor.wait_ready(world, PROGRAM, lambda: answers(world), BOOT_PATIENCE_SECONDS)
    report(f"host: {world.host_address} answers by SSH ({time.monotonic() - began:.1f} s)")


def stop(world: World) -> None:
    """Shut the host down and remove its surroundings; its files stay. It is no error if it does not run."""
    require_root_and_tools()
    supervisor.remove_program(world, PROGRAM)
    clear_surroundings(Machine(world))


def destroy(world: World) -> None:
    """Stop the host and remove its files."""
    stop(world)
    filesystem.remove_files(Machine(world))


def program(world: World) -> Program:
    """The host as a program of the supervisor."""
    return Program(
        name=PROGRAM,
        command=[sys.executable, "-m", "local.linode.boot", world.name],
        # The daemon's own environment is small and does not say where pyenv is.
        environment={"PYTHONUNBUFFERED": "1", "PYENV_ROOT": str(python36.pyenv_root())},
        directory=ROOT,
        stop_seconds=POWEROFF_PATIENCE_SECONDS,
    )


def answers(world: World) -> bool:
    """Whether the host's sshd answers."""
    try:
        with socket.create_connection((world.host_address, SSH_PORT), timeout=2) as connection:
            connection.settimeout(2)
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def clear_surroundings(machine: Machine) -> None:
    """Remove this world's network, firewall table, control group and mount, whatever state they are in."""
    network.remove_network(machine)
    control_group.remove_group(machine)
    filesystem.unmount_root(machine)


def _names(world: World) -> list[str]:
    """The host's names: its domains and its address."""
    settings = yaml.safe_load(stack_file(world.name).read_text())["config"]["ekklesia:linode"]
    return list(dict.fromkeys([*settings["domains"], world.host_address]))
