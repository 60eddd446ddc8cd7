"""The checkers and formatters of the sources: which there are and how each is called.

`make check`, `make format`, the hooks of `.pre-commit-config.yaml` and `tests/quality` all use these lists.
Each tool's rules stand in its own configuration: `pyproject.toml`, `linode/ruff.toml`, `portal/`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.world import ROOT

MODERN = ("infra", "functions", "ansible-free-deploy", "local", "portal", "bench", "tools")
"""Folders that run on the project's own Python."""
HOST = ("linode/backend", "linode/host")
"""Folders that run on the host's Python, 3.6 at present."""
CONTRACTS = ("ansible-free-deploy", "functions", "linode/backend")
"""Folders whose packages have a contract of imports in `.importlinter`; each is a path of its own."""
HOST_RULES = ("--config", "linode/ruff.toml", *HOST)
SHEBANGS = ("#!/bin/sh", "#!/bin/bash", "#!/usr/bin/env bash")


@dataclass(frozen=True)
class Checker:
    """One command that says nothing and ends with 0 if the sources are as they should be."""

    name: str
    command: Sequence[str]
    folder: Path = ROOT
    files: Callable[[], Sequence[str]] = tuple
    """Files to add to the command, for a tool that does not look for them itself."""

    def arguments(self) -> list[str]:
        """The whole command line."""
        return [*self.command, *self.files()]


def tracked(*patterns: str) -> list[Path]:
    """The files of the repository whose path matches a git pattern, new ones included."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in names.split("\0") if name and (path := ROOT / name).exists()]


def _shell_scripts() -> list[str]:
    return [str(path) for path in tracked() if path.is_file() and _is_shell(path)]


def _is_shell(path: Path) -> bool:
    with path.open("rb") as source:
        first = source.readline(80).decode(errors="replace").strip()
    return first.startswith(SHEBANGS)


def _portal_script(name: str) -> tuple[str, ...]:
    return ("npm", "run", "--silent", name)


LINT_IMPORTS = ("lint-imports", "--no-cache")
CHECKERS = (
    Checker("ruff", ("ruff", "check", "--no-cache", ".")),
    Checker("ruff-format", ("ruff", "format", "--check", "--no-cache", ".")),
    Checker("ruff-host", ("ruff", "check", "--no-cache", *HOST_RULES)),
    Checker("ruff-format-host", ("ruff", "format", "--check", "--no-cache", *HOST_RULES)),
    Checker("mypy", ("python", "-m", "tools.cached_mypy", "--no-error-summary", *MODERN, "tests")),
    Checker(
        "bandit",
        ("bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", *MODERN, *HOST),
    ),
    Checker("eslint", _portal_script("lint"), ROOT / "portal"),
    Checker("tsc", _portal_script("types"), ROOT / "portal"),
    Checker("prettier", _portal_script("style"), ROOT / "portal"),
    Checker("shellcheck", ("shellcheck",), files=_shell_scripts),
    *(Checker(f"imports-{Path(folder).name}", LINT_IMPORTS, ROOT / folder) for folder in CONTRACTS),
)
FORMATTERS = (
    Checker("ruff-fix", ("ruff", "check", "--fix", "--no-cache", ".")),
    Checker("ruff-format", ("ruff", "format", "--no-cache", ".")),
    Checker("ruff-fix-host", ("ruff", "check", "--fix", "--no-cache", *HOST_RULES)),
    Checker("ruff-format-host", ("ruff", "format", "--no-cache", *HOST_RULES)),
    Checker("prettier", _portal_script("format"), ROOT / "portal"),
)
