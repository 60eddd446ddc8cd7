"""The host's half is held to its own linter settings, since the project's own speak a newer Python."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.linode.runtimes import ROOT

LINODE = ROOT / "linode"


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_ruff(command: list[str]) -> None:
    ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "--config", str(LINODE / "ruff.toml")]
    folders = [str(LINODE / name) for name in ("backend", "host")]
    answer = subprocess.run([*ruff, *folders], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout
