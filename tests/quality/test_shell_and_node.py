"""What shellcheck, eslint and the TypeScript checker say of the sources: nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.quality.conftest import ROOT, Check

SHEBANGS = ("#!/bin/sh", "#!/bin/bash", "#!/usr/bin/env bash")


def test_shellcheck_finds_nothing(passes: Check, tracked: Callable[..., list[Path]]) -> None:
    scripts = [path for path in tracked() if path.is_file() and _is_shell(path)]
    assert scripts
    passes("shellcheck", *scripts)


def test_eslint_and_tsc_find_nothing(passes: Check) -> None:
    passes("npm", "run", "--silent", "check", folder=ROOT / "portal")


def _is_shell(path: Path) -> bool:
    with path.open("rb") as source:
        first = source.readline(80).decode(errors="replace").strip()
    return first.startswith(SHEBANGS)
