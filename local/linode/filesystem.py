"""The host's file system: an overlay of the base image and the host's own changes.

The changes stay when the host goes down. They belong to the image on which they were made, so a host keeps
its image even if the recipe has changed since.
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
    """Mount the host's file system if it is not mounted; return its folder."""
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
    """Unmount the file system; the files stay. It is no error if it is not mounted."""
    while os.path.ismount(machine.root):
        run("umount", str(machine.root))


def remove_files(machine: Machine) -> None:
    """Remove all files of the host. Refuses if its file system is still mounted."""
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
    """Linux accepts no overlay as the upper layer of another: a clone inside a container may be on one."""
    kind = subprocess.run(["stat", "-fc", "%T", str(folder)], capture_output=True, text=True, check=True)
    if kind.stdout.strip() == OVERLAY:
        raise LinodeError(f"{folder} is on an overlay file system; put the clone on a real disk or a volume")
