"""Runs Pulumi on the stack: a secret setting gets a new value, and the program brings it where it belongs.

A secret goes to Pulumi through its standard input. Pulumi itself must be on the PATH, logged in as the person
who runs the task.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.remote.errors import DeployError
from deploy.remote.stack_file import ROOT

NAMESPACE = "ekklesia"
POLICIES = ROOT / "infra" / "policies" / "pack"
SHOWN_LINES = 15
"""Of Pulumi's output, if it fails."""


@dataclass(frozen=True)
class StackProgram:
    """The program with one stack's settings."""

    name: str
    root: Path = ROOT

    @property
    def folder(self) -> Path:
        """The project's: the root for a real stack, `local/` for a world on this machine."""
        return self.root if (self.root / f"Pulumi.{self.name}.yaml").exists() else self.root / "local"

    def set_secret(self, setting: str, value: str) -> None:
        """Encrypt a new value into the stack's file. Raises DeployError."""
        self._run(["config", "set", "--secret", f"{NAMESPACE}:{setting}"], content=value)

    def up(self, replaced: Sequence[str] = ()) -> None:
        """Bring everything to what the program says; resources by these names are made anew.

        Raises DeployError with the end of what Pulumi told.
        """
        options = ["--yes", "--skip-preview", "--policy-pack", str(POLICIES)]
        self._run(["up", *options, *(word for name in replaced for word in ("--replace", f"**{name}"))])

    def _run(self, words: list[str], content: str = "") -> None:
        command = ["pulumi", *words, "--stack", self.name, "--cwd", str(self.folder), "--non-interactive"]
        try:
            done = subprocess.run(
                command,
                input=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"},
            )
        except FileNotFoundError:
            raise DeployError("pulumi is not on the PATH (for a world here: . .local/env)") from None
        if done.returncode:
            told = [line.rstrip() for line in done.stdout.splitlines() if line.strip()]
            raise DeployError(f"pulumi {words[0]}: " + " / ".join(told[-SHOWN_LINES:]))
