"""Checks before a deploy touches anything. Each raises DeployError that says what to do."""

from __future__ import annotations

from deploy.remote import database, layout
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Host
from deploy.remote.service import is_configured

NO_SPACE = "No space left on device"
DISK_MARGIN_BYTES = 512 * 1024 * 1024
MEMORY_MARGIN_BYTES = 128 * 1024 * 1024
WRITTEN = (layout.RELEASES, layout.ENVIRONMENTS, layout.BACKUPS, layout.DATABASE_FILES)
"""Folders in which a deploy needs room; each may be on a disk of its own."""
PROBE_BYTES = 65536


class NoRoomError(DeployError):
    """A disk is full, or has no inodes left."""


def check(host: Host, archive_bytes: int) -> str:
    """Check the host; what was found, in a few words."""
    if host.run(f"test -d {layout.RELEASES}", check=False).status:
        raise DeployError("the host is not provisioned; run `fab provision`")
    if not is_configured(host):
        raise DeployError("Django has no settings yet; `pulumi up` (or `fab configure`) writes them")
    _require_writable(host)
    size = database.size_bytes(host)
    free, memory = _free_bytes(host)
    needed = DISK_MARGIN_BYTES + 10 * archive_bytes + 2 * size
    if free < needed:
        raise NoRoomError(f"disk: {_mebibytes(free)} free, {_mebibytes(needed)} needed")
    if memory < MEMORY_MARGIN_BYTES:
        raise DeployError(f"memory: only {_mebibytes(memory)} available")
    return f"{_mebibytes(free)} of disk free, {_mebibytes(memory)} of memory"


def _require_writable(host: Host) -> None:
    """Write where everything later writes: a full, read-only or foreign folder is found out before."""
    for folder in (layout.RELEASES, layout.ENVIRONMENTS, layout.SHARED):
        probe = f"{folder}/.probe"
        script = f"head -c {PROBE_BYTES} /dev/zero > {probe}; status=$?; rm -f {probe}; exit $status"
        try:
            host.run(script, what="writing where a deploy writes")
        except RemoteError as error:
            full = NO_SPACE in error.complaint
            advice = "make room" if full else "`fab provision` gives the folder back"
            raise (NoRoomError if full else DeployError)(f"{error.message}; {advice}") from error


def _free_bytes(host: Host) -> tuple[int, int]:
    """Free bytes on the fullest of the disks, and of memory."""
    disk = f"df --block-size=1 --output=avail {' '.join(WRITTEN)} | tail -n +2 | sort -n | head -1"
    memory = "awk '/^MemAvailable/ {print $2 * 1024}' /proc/meminfo"
    found = host.run(f"{disk}; {memory}", what="free disk and memory").stdout.split()
    return int(found[0]), int(float(found[1]))


def _mebibytes(size: int) -> str:
    return f"{size // (1024 * 1024):,} MiB"
