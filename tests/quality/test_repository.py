"""Rules about the repository as a whole that no checker knows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

from tests.quality.conftest import ROOT


def test_the_program_does_not_ask_where_it_runs(tracked: Callable[..., list[Path]]) -> None:
    """Production and one machine have the same program: everything that differs is a setting."""
    condition = re.compile(r"^.*\b(?:if|elif|while|match|and|or|not|assert)\b.*\blocal\b.*$", re.MULTILINE)
    found = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("infra/*.py")
        if (lines := condition.findall(_without_texts(path.read_text())))
    }
    assert found == {}


def test_no_notes_to_self_are_left(tracked: Callable[..., list[Path]]) -> None:
    note = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b")
    found = [str(path) for path in tracked("*.py", "*.mjs", "*.js", "*.sh") if note.search(path.read_text())]
    assert found == []


def test_text_files_are_as_the_editorconfig_says(tracked: Callable[..., list[Path]]) -> None:
    texts = {path: path.read_bytes() for path in tracked() if path.is_file()}
    for path, text in texts.items():
        assert text.decode("utf-8").count("\r") == 0, path
        assert not text or text.endswith(b"\n"), path
        assert not re.search(rb"[ \t]$", text, re.MULTILINE), path


def test_the_newest_version_in_the_changelog_is_the_projects() -> None:
    versions = re.findall(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions[:1] == [tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]]


def _without_texts(source: str) -> str:
    """The code without docstrings, strings and comments, whose words are no conditions."""
    return re.sub(r'"""[\s\S]*?"""|"[^"\n]*"|\'[^\'\n]*\'|#.*', "", source)
