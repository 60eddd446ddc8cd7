"""The runner runs every test function that is written in `tests/`."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.quality.conftest import ROOT


def test_every_written_test_is_collected(tracked: Callable[..., list[Path]]) -> None:
    written = {name for path in tracked("tests/*.py") for name in _written(path)}
    assert written - _collected() == set()


def _written(path: Path) -> Iterator[tuple[str, str]]:
    """(File, function) for each function named `test_…`, also in a class, unless it is a property."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name.startswith("test_") and "property" not in map(ast.unparse, node.decorator_list):
            yield str(path.relative_to(ROOT)), node.name


def _collected() -> set[tuple[str, str]]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "tests"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    lines = re.findall(r"^(\S+\.py)::(?:\w+::)*(test_\w+)", answer.stdout, flags=re.MULTILINE)
    return {(path, name) for path, name in lines}
