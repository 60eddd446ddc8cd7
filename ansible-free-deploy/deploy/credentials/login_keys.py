"""The key by which a world's operator logs in to the host, exchanged for a new one.

The new key is let in beside the old one and must be seen to log in before the old one goes. A stack without a
folder of keys has its keys in its settings (`access`), where people exchange them (docs/production.md).
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from deploy.provision.access import keys_of
from deploy.remote.errors import DeployError
from deploy.remote.login import Role, connected
from deploy.remote.stack_file import Stack

KEY = "id_ed25519"


def renew(stack: Stack) -> None:
    """Exchange the key in the stack's folder; another run completes one that was cut off."""
    if stack.key_folder is None:
        raise DeployError("the stack keeps no login key; its keys are in its settings")
    new = _made(stack.key_folder / f"{KEY}.new")
    users = [role.user(stack) for role in Role]
    public = new.with_name(f"{new.name}.pub").read_text()
    with connected(stack, Role.PROVISION) as host:
        for user in users:
            add = f"grep -qxF {_quoted(public)} {keys_of(user)} || cat >> {keys_of(user)}"
            host.run(add, what="new login key", root=True, content=public)
    _swap(stack.key_folder)
    for role in Role:
        with connected(stack, role):
            pass
    with connected(stack, Role.PROVISION) as host:
        for user in users:
            only = f"umask 022; cat > {keys_of(user)}.new && mv {keys_of(user)}.new {keys_of(user)}"
            host.run(only, what="old login keys away", root=True, content=public)


def _made(path: Path) -> Path:
    if not path.exists():
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ekklesia", "-f", str(path)]
        subprocess.run(command, check=True)
    return path


def _swap(folder: Path) -> None:
    for ending in (".pub", ""):
        (folder / f"{KEY}.new{ending}").replace(folder / f"{KEY}{ending}")


def _quoted(public: str) -> str:
    return "'" + public.strip().replace("'", "") + "'"
