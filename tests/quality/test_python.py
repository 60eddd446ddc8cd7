"""The host's sources are Python that the host's interpreter understands."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from local.toolchain import python36
from local.world import ROOT
from tools.checkers import HOST, tracked

COMPILE = """
import sys
for path in sys.stdin.read().split():
    with open(path, encoding="utf-8") as source:
        compile(source.read(), path, "exec", dont_inherit=True)
"""


def test_the_hosts_sources_compile_on_its_python(tmp_path: Path) -> None:
    python = python36.find()
    if not python:
        pytest.skip(f"no Python 3.6 here: {python36.WITHOUT}")
    sources = [str(path) for path in tracked(*(f"{folder}/*.py" for folder in HOST))]
    assert sources
    script = tmp_path / "compile_all.py"
    script.write_text(COMPILE)
    done = subprocess.run(
        [python, script],
        cwd=ROOT,
        input="\n".join(sources),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
