"""Which files of the quick tests a change of a module can reach: those whose imports lead to it.

Whoever runs the program reaches all that its entry imports. A test names some modules only in a text, to
replace a part of them; that counts as an import. A test that imports the package `infra` itself looks for
all of its modules.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from local.world import ROOT

TESTS = ROOT / "tests" / "infra"
ENTRY = ROOT / "infra" / "__main__.py"
RUNS_THE_PROGRAM = ROOT / "tools" / "program_run.py"
OWN = ("infra", "tests", "tools", "portal", "local")
"""Packages of the repository's root in whose imports the program can stand."""


def test_files(module: Path) -> list[Path]:
    """The files of the quick tests that reach a module."""
    return [file for file in sorted(TESTS.glob("test_*.py")) if module in reached_from(file)]


@cache
def reached_from(file: Path) -> frozenset[Path]:
    """All files to which the imports of a file lead, itself included."""
    found: set[Path] = set()
    open_ends = {file}
    while open_ends:
        found |= open_ends
        open_ends = {one for each in open_ends for one in _leads_to(each)} - found
    return frozenset(found)


@cache
def _leads_to(file: Path) -> frozenset[Path]:
    tree = ast.parse(file.read_text())
    names = set(_imported(tree))
    if TESTS in file.parents:
        names |= {text for text in _texts(tree) if text.startswith("infra.")}
    leads = {path for name in names for path in _files(name)}
    if TESTS in file.parents and _imports_the_package(tree):
        leads |= {path for path in ENTRY.parent.rglob("*.py") if path.name != ENTRY.name}
    if file == RUNS_THE_PROGRAM:
        leads.add(ENTRY)
    if _uses_fixtures_of(tree, conftest := file.with_name("conftest.py")):
        leads.add(conftest)
    return frozenset(leads)


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _imports_the_package(tree: ast.Module) -> bool:
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    return any(alias.name == "infra" for node in imports for alias in node.names)


def _texts(tree: ast.Module) -> Iterator[str]:
    return (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def _files(name: str) -> Iterator[Path]:
    """The files of a dotted name: its module, and the packages in which it is."""
    parts = name.split(".")
    if parts[0] not in OWN:
        return
    for end in range(1, len(parts) + 1):
        place = ROOT.joinpath(*parts[:end])
        yield from (path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file())


def _uses_fixtures_of(tree: ast.Module, conftest: Path) -> bool:
    if TESTS not in conftest.parents or not conftest.is_file():
        return False
    defined = {n.name for n in ast.parse(conftest.read_text()).body if isinstance(n, ast.FunctionDef)}
    return any(n.arg in defined for n in ast.walk(tree) if isinstance(n, ast.arg))
