"""The Python environment of functions, made once for the same pinned requirements and then shared."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from local.environment import search_path
from local.exclusive import exclusively
from local.services.google_errors import invalid
from local.world import CACHE

FOLDER = CACHE / "function-environments"
SERVER = "functions-framework"
LAST_LINES = 15


def prepare(requirements: Path, runtime: str) -> Path:
    """The environment for these requirements, which is made if there is none.

    `runtime` is Google's name of a Python version, such as `python311`. Raises GoogleError with the end of
    the installer's output.
    """
    if not requirements.exists():
        raise invalid("the source has no requirements.txt")
    environment = FOLDER / _key(requirements, runtime)
    ready = environment / ".ready"
    with exclusively(environment.with_suffix(".lock")):
        if not ready.exists():
            shutil.rmtree(environment, ignore_errors=True)
            _build(environment, requirements, runtime)
            ready.touch()
    return environment


def _key(requirements: Path, runtime: str) -> str:
    return hashlib.sha256(runtime.encode() + b"\0" + requirements.read_bytes()).hexdigest()[:24]


def _build(environment: Path, requirements: Path, runtime: str) -> None:
    version = runtime.removeprefix("python")
    _run("uv", "venv", "--quiet", "--python", f"{version[0]}.{version[1:]}", str(environment))
    # functions/requirements.txt has the hash of each file.
    install = ("uv", "pip", "install", "--quiet", "--require-hashes", "--compile-bytecode")
    _run(*install, "--python", str(environment / "bin" / "python"), "-r", str(requirements))
    if not (environment / "bin" / SERVER).exists():
        raise invalid(f"requirements.txt does not name {SERVER}")


def _run(*command: str) -> None:
    found = {**os.environ, "PATH": search_path(os.environ.get("PATH", os.defpath))}
    done = subprocess.run(command, env=found, capture_output=True, text=True, check=False)
    if done.returncode:
        end = "\n".join(done.stderr.splitlines()[-LAST_LINES:])
        raise invalid(f"{' '.join(command[:3])}:\n{end}")
