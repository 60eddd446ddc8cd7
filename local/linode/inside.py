"""A way into a running host that needs neither its sshd nor its sudo: by the container's namespaces."""

from __future__ import annotations

from pathlib import Path

from local.linode.machine import LinodeError, Machine, run

CLEAN = ("env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/root")
NAMESPACES = ("--mount", "--uts", "--ipc", "--net", "--pid")


def as_root(machine: Machine, command: str) -> list[str]:
    """The words that run a shell command as the host's root. Raises LinodeError if the host is down."""
    entered = ["nsenter", f"--target={first_process(machine)}", *NAMESPACES, "--wdns=/", "--"]
    return [*entered, *CLEAN, "sh", "-c", command]


def first_process(machine: Machine) -> int:
    """The host's first process, as this machine counts."""
    for pid in run("ip", "netns", "pids", machine.name).split():
        status = Path(f"/proc/{pid}/status")
        if status.exists() and "\nNSpid:\t" in (text := status.read_text()):
            inner = next(line for line in text.splitlines() if line.startswith("NSpid:")).split()
            if inner[-1] == "1" and len(inner) > 2:
                return int(pid)
    raise LinodeError("the Debian host does not run")
