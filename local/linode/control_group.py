"""Gives the host a control group of its own, since two containers in one group would mix their services."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from local.linode.machine import LinodeError, Machine

UNIFIED = "cgroup2"
REMOVAL_PATIENCE_SECONDS = 5.0


def is_hybrid() -> bool:
    """Whether this machine has control groups of version 1, for which nspawn needs an option."""
    return UNIFIED not in {kind for kind, path in _hierarchies() if path == Path("/sys/fs/cgroup")}


def enter_group(machine: Machine) -> None:
    """Move this process into the host's group in every hierarchy of control groups."""
    entered = 0
    for _, hierarchy in _hierarchies():
        # A controller that first needs settings (cpuset) is left out.
        with suppress(OSError):
            group = hierarchy / machine.name
            group.mkdir(exist_ok=True)
            (group / "cgroup.procs").write_text(str(os.getpid()))
            entered += 1
    if not entered:
        raise LinodeError("no control group can be made under /sys/fs/cgroup")


def remove_group(machine: Machine) -> None:
    """Remove the empty group; the kernel may need a moment to see that it is empty."""
    deadline = time.monotonic() + REMOVAL_PATIENCE_SECONDS
    while any(map(_remove_tree, _groups(machine))) and time.monotonic() < deadline:
        time.sleep(0.1)


def _groups(machine: Machine) -> list[Path]:
    return [group for _, hierarchy in _hierarchies() if (group := hierarchy / machine.name).is_dir()]


def _remove_tree(group: Path) -> bool:
    """Remove the groups from the leaves up; return whether some are left."""
    for folder, _, _ in os.walk(group, topdown=False):
        with suppress(OSError):
            Path(folder).rmdir()
    return group.exists()


def _hierarchies() -> Iterator[tuple[str, Path]]:
    """The type and mount point of each hierarchy."""
    for line in Path("/proc/mounts").read_text().splitlines():
        _, path, kind, *_ = line.split()
        if kind in {"cgroup", UNIFIED} and path.startswith("/sys/fs/cgroup"):
            yield kind, Path(path)
