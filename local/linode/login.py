"""The keys of the host: for logging in, and for knowing that it is the right host.

In `.local/NAME/host/ssh/`: the login key `id_ed25519`, the host's own key, `known_hosts` that pins it, and
`sudo-password`, which a person would type.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from local.linode.machine import Machine, run
from local.private_file import write_private

HOST_KEY = "ssh_host_ed25519_key"


def ensure_keys(machine: Machine) -> None:
    """Make the login key and the host's key if they are missing, and pin the host's key."""
    machine.ssh.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, comment in (("id_ed25519", f"ekklesia {machine.world.name}"), (HOST_KEY, machine.name)):
        if not (machine.ssh / name).exists():
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(machine.ssh / name))
    password = machine.ssh / "sudo-password"
    if not password.exists():
        write_private(password, secrets.token_hex(16))
    public = (machine.ssh / f"{HOST_KEY}.pub").read_text().split()
    (machine.ssh / "known_hosts").write_text(f"{machine.world.host_address} {public[0]} {public[1]}\n")


def install_keys(machine: Machine, root: Path) -> None:
    """Give the host its own key, and root the login key, as a fresh Linode has them.

    Root's keys are written only once, so that `fab provision` can take them away for good.
    """
    for name in (HOST_KEY, f"{HOST_KEY}.pub"):
        shutil.copy2(machine.ssh / name, root / "etc/ssh" / name)
    accepted = root / "root/.ssh/authorized_keys"
    if not accepted.exists():
        accepted.parent.mkdir(mode=0o700, exist_ok=True)
        accepted.write_text((machine.ssh / "id_ed25519.pub").read_text())
        accepted.chmod(0o600)
