"""What the checkers of Python say of the sources: nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.toolchain import python36
from local.world import CACHE
from tests.quality.conftest import ROOT, Check

MODERN_ROOTS = ("infra", "functions", "ansible-free-deploy", "local", "portal")
MYPY = (sys.executable, "-m", "mypy", "--cache-dir", CACHE / "mypy")
"""What it knows of the libraries outlives the clone: of Pulumi's alone it takes half a minute to learn."""
HOST = ("linode/backend", "linode/host")
COMPILE = """
import sys
for path in sys.stdin.read().split():
    with open(path, encoding="utf-8") as source:
        compile(source.read(), path, "exec", dont_inherit=True)
"""


def test_ruff_finds_nothing(passes: Check) -> None:
    passes("ruff", "check", "--no-cache", ".")


def test_ruff_would_format_nothing(passes: Check) -> None:
    passes("ruff", "format", "--check", "--no-cache", ".")


@pytest.mark.parametrize("root", ["functions", "ansible-free-deploy"])
def test_flat_folder_is_typed(root: str, passes: Check) -> None:
    """A folder whose modules import one another by bare names, as its runner puts it first on the path."""
    passes(*MYPY, "--config-file", ROOT / "pyproject.toml", ".", folder=ROOT / root)


@pytest.mark.parametrize("package", ["infra", "local", "bench", "portal/portal_release.py", "tests"])
def test_package_is_typed(package: str, passes: Check) -> None:
    """A folder whose modules import one another by the full name, from the root of the repository."""
    passes(*MYPY, package)


@pytest.mark.parametrize("root", [*MODERN_ROOTS, *HOST])
def test_bandit_finds_nothing(root: str, passes: Check) -> None:
    passes(sys.executable, "-m", "bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", root)


def test_the_hosts_sources_compile_on_its_python(
    passes: Check, tracked: Callable[..., list[Path]], tmp_path: Path
) -> None:
    python = python36.find()
    if not python:
        pytest.skip(f"no Python 3.6 here: {python36.WITHOUT}")
    sources = [str(path) for path in tracked(*(f"{folder}/*.py" for folder in HOST))]
    assert sources
    script = tmp_path / "compile_all.py"
    script.write_text(COMPILE.replace("sys.stdin.read().split()", repr(sources)))
    passes(python, script)
