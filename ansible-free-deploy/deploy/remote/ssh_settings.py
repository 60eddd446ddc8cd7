"""How a person's own SSH reaches a host, as `ssh -G` says it: Include, HostKeyAlias, ProxyJump and all.

Fabric's library reads the same files by itself, but knows none of these three. So OpenSSH reads them.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from paramiko import ECDSAKey, Ed25519Key, HostKeys, RSAKey
from paramiko.ssh_exception import PasswordRequiredException, SSHException

from deploy.remote.errors import DeployError

SSH = ("ssh",)
NONE = "none"
SSH_PORT = 22


@dataclass(frozen=True)
class SshSettings:
    """What OpenSSH would do: keyword (small letters) → its values, in their order."""

    told: dict[str, list[str]]
    user: str
    port: int

    @property
    def host(self) -> str:
        """The name or address to connect to (HostName)."""
        return self._one("hostname")

    @property
    def keys(self) -> list[str]:
        """The files with private keys that are there."""
        files = [os.path.expanduser(file) for file in self.told.get("identityfile", [])]
        # A public half names a key of the agent's.
        return [file for file in files if not file.endswith(".pub") and Path(file).is_file()]

    @property
    def agent(self) -> str | None:
        """The socket of another agent than the usual one; empty for no agent at all."""
        told = self._one("identityagent")
        if told in {"", "SSH_AUTH_SOCK"}:
            return None
        return "" if told == NONE else os.path.expandvars(os.path.expanduser(told))

    def proxy(self) -> socket.socket | None:
        """The link to the program through which the connection goes, if it goes through one.

        The program is started, and ends once the link is closed.
        """
        if not (command := self.proxy_command()):
            return None
        link, its_end = socket.socketpair()
        with its_end:
            program = subprocess.Popen(
                ["sh", "-c", f"exec {command}"], stdin=its_end.fileno(), stdout=its_end.fileno()
            )
        threading.Thread(target=program.wait, daemon=True).start()
        return link

    def add_host_keys(self, known: HostKeys) -> None:
        """Add the keys by which the host is known, under the name that paramiko looks for."""
        files = HostKeys()
        for keyword in ("userknownhostsfile", "globalknownhostsfile"):
            for name in self._one(keyword).split():
                if Path(name).expanduser().is_file():
                    files.load(str(Path(name).expanduser()))
        wanted = self.host if self.port == SSH_PORT else f"[{self.host}]:{self.port}"
        alias = self._one("hostkeyalias")
        for kind, key in (files.lookup(wanted if alias in {"", NONE} else alias) or {}).items():
            known.add(wanted, kind, key)

    def proxy_command(self) -> str:
        """The shell command of that program; empty if the connection is direct."""
        command = self._one("proxycommand")
        if command not in {"", NONE}:
            return self._filled(command)
        jumps = self._one("proxyjump")
        if jumps in {"", NONE}:
            return ""
        before, _, last = jumps.rpartition(",")
        through = ["-J", before] if before else []
        # One stop as ssh takes it with a port.
        stop = last if "://" in last else f"ssh://{last}"
        return shlex.join([*SSH, *through, "-W", f"[{self.host}]:{self.port}", stop])

    def _filled(self, command: str) -> str:
        """The command with what stands for the host's name, the port and the user (ssh_config(5), TOKENS)."""
        values = {"h": self.host, "n": self.host, "p": str(self.port), "r": self.user, "%": "%"}
        return re.sub("%(.)", lambda found: values.get(found[1], found[0]), command)

    def _one(self, keyword: str) -> str:
        return next(iter(self.told.get(keyword, [])), "")


def needs_passphrase(file: str) -> bool:
    """Whether a private key has one, whatever kind of key it is."""
    for kind in (ECDSAKey, Ed25519Key, RSAKey):
        try:
            kind.from_private_key_file(file)
        except PasswordRequiredException:
            return True
        except (SSHException, OSError):
            continue
    return False


def ask_ssh(address: str, user: str, port: int) -> SshSettings:
    """Ask OpenSSH. Raises DeployError if it is not installed, or refuses its own settings."""
    command = [*SSH, "-G", "-l", user, "-p", str(port), "--", address]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise DeployError(f"`ssh`, which reads your SSH settings, does not run here: {error}") from error
    if done.returncode:
        raise DeployError(f"ssh refuses your SSH settings: {done.stderr.strip()}")
    told: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        keyword, _, value = line.partition(" ")
        told.setdefault(keyword.lower(), []).append(value)
    return SshSettings(told, user, port)
