"""Runs the Pulumi CLI on the project in `local/`, with the state and the passphrase on this machine."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import psutil

from local.environment import BACKEND, PASSPHRASE_FILE, pulumi_environment
from local.private_file import create_private
from local.project_file import OWN_FOLDER
from local.world import WorldError

PROJECT = "ekklesia"
FOLDER = OWN_FOLDER


class PulumiError(WorldError):
    """The CLI failed; the message is its own."""


def prepare_backend() -> None:
    """Make the folder for the state and the file with the passphrase, if they are missing."""
    BACKEND.mkdir(parents=True, exist_ok=True)
    if not PASSPHRASE_FILE.exists():
        create_private(PASSPHRASE_FILE, secrets.token_urlsafe(32))


def stack_exists(stack: str) -> bool:
    """Whether the backend has the stack. Looking at its files is quicker than starting the CLI."""
    return _state_file(stack).exists()


def pulumi(*arguments: str, standard_input: str = "") -> str:
    """Run one command and return what it prints. Raises PulumiError with its error output."""
    done = subprocess.run(
        _command(*arguments),
        env=_environment(),
        input=standard_input,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PulumiError(f"pulumi {arguments[0]}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def unlock_if_abandoned(stack: str) -> None:
    """Remove the locks of commands that were killed on this machine. Those of living ones stay."""
    for lock in _locks(stack).glob("*.json"):
        try:
            holder = json.loads(lock.read_text())
        except (OSError, ValueError):
            continue
        if holder.get("hostname") == socket.gethostname() and not psutil.pid_exists(int(holder["pid"])):
            lock.unlink(missing_ok=True)


def drop_cut_off_attributes(stack: str) -> None:
    """Remove files of attributes that a killed command has left half written: the state is then not read.

    Beside each file of its backend Pulumi keeps one with the type of its content, which it does not need. The
    state itself is exchanged whole.
    """
    for path in (*_state_file(stack).parent.glob(f"{stack}.json*.attrs"), *_locks(stack).glob("*.attrs")):
        try:
            json.loads(path.read_text())
        except (OSError, ValueError):
            path.unlink(missing_ok=True)


def clear_pending(stack: str) -> None:
    """Take out of the state what an interrupted run had begun, which by now has been made or was not there.

    To be called after a run that succeeded. Pulumi would warn of it for ever, and only `pulumi refresh` ends
    that.
    """
    state = json.loads(pulumi("stack", "export", "-s", stack))
    if (state.get("deployment") or {}).pop("pending_operations", None):
        pulumi("stack", "import", "-s", stack, standard_input=json.dumps(state))


def forget(stack: str, types: Collection[str]) -> None:
    """Forget the resources of these types without deleting what they stand for."""
    if not stack_exists(stack) or not any(each in _state_file(stack).read_text() for each in types):
        return
    state = json.loads(pulumi("stack", "export", "-s", stack))["deployment"] or {}
    # What depends on another resource comes after it, and is forgotten before it.
    for resource in reversed(state.get("resources", [])):
        if resource["type"] in types:
            pulumi("state", "delete", resource["urn"], "-s", stack, "--yes", "--force")


def remove(stack: str) -> None:
    """Remove a stack with its state, locks and settings. It is no error if there is none."""
    drop_cut_off_attributes(stack)
    if stack_exists(stack):
        pulumi("stack", "rm", stack, "--yes", "--force")
    shutil.rmtree(_locks(stack), ignore_errors=True)


def stream(
    *arguments: str,
    line: Callable[[str], None],
    folder: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> int:
    """Run one command, pass on each line of its output as it comes, and return its exit status.

    `folder` has the project file, if it is not the repository's; `variables` are added to the environment.
    """
    with subprocess.Popen(
        _command(*arguments, folder=folder),
        env={**_environment(), **(variables or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as command:
        assert command.stdout  # noqa: S101 (a pipe was asked for)  # nosec B101
        for text in command.stdout:
            line(text.rstrip())
    return command.returncode


def _locks(stack: str) -> Path:
    return BACKEND / ".pulumi" / "locks" / "organization" / PROJECT / stack


def _state_file(stack: str) -> Path:
    return BACKEND / ".pulumi" / "stacks" / PROJECT / f"{stack}.json"


def _command(*arguments: str, folder: Path | None = None) -> list[str]:
    return ["pulumi", *arguments, "-C", str(folder or FOLDER), "--non-interactive"]


def _environment() -> dict[str, str]:
    return {**os.environ, **pulumi_environment()}
