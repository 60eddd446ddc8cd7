"""The environment variables and the PATH with which Pulumi, Fabric and the world's programs run."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from local.world import CACHE, LOCAL, ROOT

BACKEND = LOCAL / "pulumi"
PASSPHRASE_FILE = LOCAL / "passphrase"
LANGUAGE_HOST = ROOT / "local" / "language_host"
OWN_UV = CACHE / "uv" / "bin"
"""The folder of uv, if `toolchain/python_environment.sh` had to install it."""
SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Debian's folders for root's programs; a user's PATH may lack them."""


def search_path(middle: str) -> str:
    """A PATH that begins with what the toolchain installed and ends with this project's own language host."""
    first = [str(CACHE / "bin"), str(Path(sys.executable).parent)]
    last = [*SYSTEM_FOLDERS, str(OWN_UV), str(LANGUAGE_HOST)]
    return ":".join(dict.fromkeys([*first, *middle.split(":"), *last]))


def extend_path() -> None:
    """Let this process and its children find the toolchain."""
    os.environ["PATH"] = search_path(os.environ.get("PATH", os.defpath))


def pulumi_environment() -> dict[str, str]:
    """The variables with which the Pulumi CLI uses the state and the passphrase on this machine."""
    return {
        "PULUMI_BACKEND_URL": f"file://{BACKEND}",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(PASSPHRASE_FILE),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def write_shell_file() -> Path:
    """Write `.local/env`, which a shell reads by `. .local/env`."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in pulumi_environment().items()]
    lines.append(f'export PATH="{search_path("$PATH")}"')
    LOCAL.mkdir(exist_ok=True)
    path = LOCAL / "env"
    path.write_text("\n".join(lines) + "\n")
    return path
