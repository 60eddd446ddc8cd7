"""The names of a world's Debian host on this machine, and the folders of its files.

Names contain a hash of the state folder, since two clones of the repository may each have a world `local`.
Linux limits the name of a network device to 15 characters.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from local.world import World, WorldError

TOOLS = ("systemd-nspawn", "debootstrap", "nft", "ip", "mount", "ssh-keygen")


class LinodeError(WorldError):
    """The Debian host cannot run; the message says what to do."""


@dataclass(frozen=True)
class Machine:
    """The names and folders of one world's host."""

    world: World

    @cached_property
    def fingerprint(self) -> str:
        """Eight hexadecimal digits by which worlds of different clones differ."""
        return sha256(str(self.world.state.resolve()).encode()).hexdigest()[:8]

    @property
    def name(self) -> str:
        """The container's name, which is also its network namespace's and control group's."""
        return f"ekklesia-{self.world.name}-{self.fingerprint}"

    @property
    def link(self) -> str:
        """This machine's end of the link to the host."""
        return f"ek{self.fingerprint}"

    @property
    def table(self) -> str:
        """The nftables table with the host's masquerade."""
        return f"ekklesia_{self.fingerprint}"

    @property
    def folder(self) -> Path:
        """The folder of all the host's files."""
        return self.world.state / "host"

    @property
    def root(self) -> Path:
        """The host's file system, which is mounted while the host is up."""
        return self.folder / "merged"

    @property
    def gateway(self) -> Path:
        """The folder of the unix sockets through which the host reaches the world's services."""
        return self.folder / "gateway"

    @property
    def tls(self) -> Path:
        """The folder of the world's certificate authority and the host's certificate."""
        return self.folder / "tls"

    @property
    def ssh(self) -> Path:
        """The folder of the login key and the host's pinned key."""
        return self.folder / "ssh"


def require_root_and_tools() -> None:
    """Raise LinodeError, in one line, if this machine or user cannot run a container."""
    if os.geteuid() != 0:
        raise LinodeError("the Debian host needs root for mounts and networks; run `sudo make up`")
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        raise LinodeError(
            f"not installed: {', '.join(missing)} (apt: systemd-container debootstrap nftables)"
        )


def run(*command: str, input_text: str | None = None) -> str:
    """Run one tool and return its output. Raises LinodeError with the tool's error output."""
    done = subprocess.run(command, input=input_text, capture_output=True, text=True, check=False)
    if done.returncode:
        complaint = (done.stderr or done.stdout).strip().splitlines()
        raise LinodeError(f"{' '.join(command[:3])}: {complaint[-1] if complaint else done.returncode}")
    return done.stdout
