"""Runs the README's examples in a world, as a reader would type them."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from local.world import ROOT
from tests.world.live_world import LiveWorld

SECTION = re.compile(r"^## By hand\n(.+?)^## ", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.+?)(?:\s+#.*)?$", re.MULTILINE)
PREPARATION = ". .local/env"


def _commands() -> list[str]:
    section = SECTION.search((ROOT / "README.md").read_text())
    assert section
    return COMMAND.findall(section[1])


def test_the_examples_begin_with_the_environment() -> None:
    assert _commands()[0] == PREPARATION
    assert len(_commands()) > 3


@pytest.mark.parametrize("command", _commands()[1:])
def test_an_example_of_the_readme_works(world: LiveWorld, command: str) -> None:
    """The command runs in the test's own world, so only the stack's name differs from the README."""
    own = command.replace("-s local", f"-s {world.name}")
    own = re.sub(r"-m local (\w+)", rf"-m local \1 --world {world.name}", own)
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "FABRIC_STACK": world.name}
    done = subprocess.run(
        ["bash", "-euc", f"{PREPARATION}\n{own}"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
