"""The hooks of pre-commit run the checkers of `make check`, and nothing has to be downloaded for them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.quality.conftest import ROOT
from tools.checkers import CHECKERS, tracked

CONFIGURATION = ROOT / ".pre-commit-config.yaml"


def _hooks() -> list[dict[str, Any]]:
    [repository] = yaml.safe_load(CONFIGURATION.read_text())["repos"]
    assert repository["repo"] == "local"
    hooks: list[dict[str, Any]] = repository["hooks"]
    return hooks


def _pre_commit(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it with an empty home and a proxy at which nobody listens, so that any download fails."""
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=ROOT,
        env=os.environ | nowhere | {"PRE_COMMIT_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_is_a_hook_for_each_checker() -> None:
    assert [hook["id"] for hook in _hooks()] == [checker.name for checker in CHECKERS]
    for hook in _hooks():
        assert hook["entry"] == ".venv/bin/python -m tools check"
        assert hook["args"] == [hook["id"]]
        assert hook["language"] == "system"
        assert hook["pass_filenames"] is False


@pytest.mark.parametrize("hook", _hooks(), ids=lambda hook: hook["id"])
def test_some_file_sets_the_hook_off(hook: dict[str, Any]) -> None:
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    assert any(re.search(hook["files"], name) for name in names)


def test_pre_commit_takes_the_configuration(tmp_path: Path) -> None:
    answer = _pre_commit(tmp_path, "validate-config", str(CONFIGURATION))
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("hook", ["ruff", "shellcheck"])
def test_a_hook_runs_offline(hook: str, tmp_path: Path) -> None:
    answer = _pre_commit(tmp_path, "run", "--all-files", "--verbose", hook)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert re.search(rf"^{hook} +well", answer.stdout, re.MULTILINE), answer.stdout
