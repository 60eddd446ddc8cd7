"""The host's link to this machine and, for package downloads, to the internet.

A named network namespace holds one end of a veth pair, so the firewall that `fab provision` writes is the
host's own. The way out is a masquerade in an nftables table that belongs to this world alone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from local.linode.machine import LinodeError, Machine, run

INSIDE = "host0"
"""The host's end of the link, named as systemd names it in a container."""
FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
LEFTOVER_PATIENCE_SECONDS = 10.0


def create_network(machine: Machine) -> None:
    """Make the namespace, the link with this machine's address on it, and the way out."""
    _refuse_taken_addresses(machine)
    run("ip", "netns", "add", machine.name)
    run("ip", "link", "add", machine.link, "type", "veth", "peer", "name", INSIDE, "netns", machine.name)
    prefix = machine.world.host_network.prefixlen
    run("ip", "address", "add", f"{machine.world.outside_address}/{prefix}", "dev", machine.link)
    run("ip", "link", "set", machine.link, "up")
    run("nft", "-f", "-", input_text=_masquerade(machine))
    if FORWARDING.read_text().strip() != "1":
        FORWARDING.write_text("1\n")


def remove_network(machine: Machine) -> None:
    """Remove all that create_network made, and end what still runs there. Nothing there is no error."""
    if machine.name in _namespaces():
        _end_processes(machine)
        run("ip", "netns", "delete", machine.name)
    subprocess.run(["ip", "link", "delete", machine.link], capture_output=True, check=False)
    subprocess.run(["nft", "delete", "table", "ip", machine.table], capture_output=True, check=False)


def _masquerade(machine: Machine) -> str:
    network = machine.world.host_network
    return f"""
        table ip {machine.table} {{
            chain postrouting {{
                type nat hook postrouting priority srcnat;
                ip saddr {network} ip daddr != {network} masquerade
            }}
        }}
    """


def _refuse_taken_addresses(machine: Machine) -> None:
    """Refuse a range that is in use: a build machine may itself be in a documentation range."""
    wanted = machine.world.host_network
    for route in json.loads(run("ip", "-json", "route", "show", "to", "match", str(wanted[2]))):
        if route["dst"] != "default":
            raise LinodeError(f"{wanted} is in use on this machine ({route['dst']} by {route.get('dev')})")


def _namespaces() -> set[str]:
    return {line.split()[0] for line in run("ip", "netns", "list").splitlines() if line.strip()}


def _end_processes(machine: Machine) -> None:
    """Kill the processes that a killed run left in the namespace, and wait until they have ended."""
    deadline = time.monotonic() + LEFTOVER_PATIENCE_SECONDS
    while pids := run("ip", "netns", "pids", machine.name).split():
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        if time.monotonic() > deadline:
            raise LinodeError(f"processes {', '.join(pids)} of {machine.name} do not end")
        time.sleep(0.1)
