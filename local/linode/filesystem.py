"""The host's file system: the base image below, the host's own changes above (overlayfs).

The changes stay when the host goes down and belong to the image they were made on: a host keeps its image
even when the recipe has changed since.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from local.linode.image import Report, ensure_image
from local.linode.machine import LinodeError, Machine, run

OVERLAY = "overlayfs"


def mount_root(machine: Machine, report: Report) -> Path:
    """Mount the host's file system, if it is not, and return where."""
    machine.folder.mkdir(parents=True, exist_ok=True)
    _refuse_overlay(machine.folder)
    image = _image(machine, report)
    if not os.path.ismount(machine.root):
        for name in ("upper", "work", "merged"):
            (machine.folder / name).mkdir(exist_ok=True)
        layers = f"lowerdir={image},upperdir={machine.folder / 'upper'},workdir={machine.folder / 'work'}"
        run("mount", "-t", "overlay", machine.name, "-o", layers, str(machine.root))
    return machine.root


def unmount_root(machine: Machine) -> None:
    """Unmount the file system; the files stay. No error where it is not mounted."""
    while os.path.ismount(machine.root):
        run("umount", str(machine.root))


def remove_files(machine: Machine) -> None:
    """Forget all that the host ever held. Never follows into something still mounted."""
    if os.path.ismount(machine.root):
        raise LinodeError(f"{machine.root} is still mounted")
    if machine.folder.exists():
        shutil.rmtree(machine.folder)


def _image(machine: Machine, report: Report) -> Path:
    record = machine.folder / "image"
    if not record.exists():
        record.write_text(str(ensure_image(report)))
    image = Path(record.read_text())
    if not image.is_dir():
        raise LinodeError(f"the image of this host is gone ({image}); `make clean` begins anew")
    return image


def _refuse_overlay(folder: Path) -> None:
    """Linux takes no overlay as the upper layer of another one (a clone inside a container, say)."""
    kind = subprocess.run(["stat", "-fc", "%T", str(folder)], capture_output=True, text=True, check=True)
    if kind.stdout.strip() == OVERLAY:
        raise LinodeError(f"{folder} is on an overlay file system; put the clone on a real disk or a volume")
