"""Renovate finds every version that is pinned. (Its own validator is too large to install for this.)"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from tests.quality.conftest import ROOT
from tools.checkers import tracked

CONFIGURATION: dict[str, Any] = json.loads((ROOT / "renovate.json").read_text())
PINNED = re.compile(r'^[A-Z_]+ = "(?:[a-z0-9-]+==)?([0-9]+(?:\.[0-9]+)+)"$', re.MULTILINE)
"""A constant of the toolchain that holds a version, with or without the name of a package."""


def _toolchain() -> list[Path]:
    return tracked("local/toolchain/*.py")


def _found(manager: dict[str, Any]) -> set[tuple[str, str]]:
    """(File, version) for each version that one of the custom managers finds."""
    patterns = [pattern.strip("/") for pattern in manager["managerFilePatterns"]]
    return {
        (path.name, match["currentValue"])
        for path in _toolchain()
        if any(re.search(pattern, path.relative_to(ROOT).as_posix()) for pattern in patterns)
        for expression in manager["matchStrings"]
        for match in re.finditer(expression.replace("(?<", "(?P<"), path.read_text())
    }


def test_each_custom_manager_finds_something() -> None:
    managers = CONFIGURATION["customManagers"]
    assert [manager["description"] for manager in managers if not _found(manager)] == []


def test_every_pinned_version_of_the_toolchain_is_found() -> None:
    pinned = {(path.name, version) for path in _toolchain() for version in PINNED.findall(path.read_text())}
    assert len(pinned) >= 4
    assert pinned - set().union(*map(_found, CONFIGURATION["customManagers"])) == set()


def test_each_kind_of_lock_file_has_its_manager() -> None:
    kinds = {"uv.lock": "pep621", "package-lock.json": "npm", "go.sum": "gomod"}
    there = {kinds[path.name] for path in tracked() if path.name in kinds}
    assert there == set(kinds.values())
    assert set(CONFIGURATION["enabledManagers"]) == {*kinds.values(), "custom.regex"}


def test_what_has_to_be_updated_together_is_named_as_it_is_declared() -> None:
    declared = json.dumps(tomllib.loads((ROOT / "pyproject.toml").read_text()))
    declared += "".join(
        path.read_text() for path in tracked("*/package.json", "*/go.mod", "local/toolchain/*")
    )
    for rule in CONFIGURATION["packageRules"]:
        for name in rule["matchPackageNames"]:
            assert all(part in declared for part in name.split(":")), name
