"""`make` lists the targets, also on a machine where nothing is installed yet."""

from __future__ import annotations

import re
import subprocess

from tests.quality.conftest import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()


def _make(*arguments: str) -> str:
    done = subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def test_bare_make_is_make_help() -> None:
    assert _make() == _make("help")


def test_every_target_has_its_line() -> None:
    targets = re.findall(r"^([a-z-]+):(?!=)", MAKEFILE, re.MULTILINE)
    listed = re.findall(r"^  make ([a-z-]+) +\S", _make("help"), re.MULTILINE)
    assert listed == targets
    assert {"up", "check", "format", "test"} <= set(listed)


def test_no_target_is_taken_for_a_file() -> None:
    """`bench` is a folder too: without .PHONY, make would call that target up to date."""
    [phony] = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert sorted(phony.split()) == sorted(re.findall(r"^([a-z-]+):(?!=)", MAKEFILE, re.MULTILINE))
