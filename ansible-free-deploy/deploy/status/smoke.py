"""Runs the smoke tests of `tests/smoke` against a stack's host."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.remote.stack_file import ROOT, Stack

SSH_CONFIG = """\
Host {address}
    IdentityFile {folder}/id_ed25519
    IdentitiesOnly yes
    UserKnownHostsFile {folder}/known_hosts
    StrictHostKeyChecking yes
"""
ONE_CONNECTION = "-o ControlMaster=auto -o ControlPersist=5s -o ControlPath={folder}/s"
"""All tests share it; it ends by itself soon after the last one."""


def run_smoke(stack: Stack, only: str = "") -> int:
    """The exit status of pytest; `only`: of the tests whose names hold that word."""
    linode = stack.linode
    address = f"[{linode.address}]" if ":" in linode.address else linode.address
    hosts = f"--hosts=ssh://{linode.provisioner}@{address}:{linode.port}"
    command = [sys.executable, "-m", "pytest", "tests/smoke", hosts]
    command += [f"-k={only}"] if only else []
    environment = dict(os.environ) | {"FABRIC_STACK": stack.name}
    with TemporaryDirectory() as folder:
        command.append(f"--ssh-extra-args={ONE_CONNECTION.format(folder=folder)}")
        if stack.key_folder:
            path = Path(folder) / "ssh_config"
            path.write_text(SSH_CONFIG.format(address=linode.address, folder=stack.key_folder))
            command.append(f"--ssh-config={path}")
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
