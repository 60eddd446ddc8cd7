"""The checkers find nothing, and what they find is told to the person who ran them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import __main__ as command
from tools.checkers import CHECKERS, FORMATTERS, Checker
from tools.running import run, run_each


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.name)
def test_the_checker_finds_nothing(checker: Checker) -> None:
    outcome = run(checker)
    assert outcome.is_well, outcome.output


def test_what_a_checker_finds_is_printed_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    finds = Checker("strict", ("sh", "-c", "echo line 3 is wrong; exit 1"))
    assert run_each([finds, Checker("lenient", ("true",))]) == 1
    said = capsys.readouterr().out
    assert "line 3 is wrong" in said
    assert "failed: strict;" in said


def test_a_checker_that_is_not_installed_is_named_with_what_to_do() -> None:
    outcome = run(Checker("absent", ("no-such-checker",)))
    assert not outcome.is_well
    assert "no-such-checker is not installed: run `.venv/bin/python -m local toolchain`" in outcome.output


def test_a_checker_whose_packages_are_missing_is_named_too(tmp_path: Path) -> None:
    outcome = run(Checker("eslint", ("npm", "run", "lint"), tmp_path))
    assert outcome.output.startswith("eslint is not installed: run ")


def test_a_checker_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["check", "rough"])
    assert "no checker 'rough'; there are ruff," in capsys.readouterr().err


def test_only_the_chosen_checkers_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = tuple(Checker(name, ("true",)) for name in ("first", "second"))
    monkeypatch.setattr(command, "CHECKERS", pair)
    assert command.main(["check", "second"]) == 0
    assert capsys.readouterr().out.startswith("second")


def test_each_formatter_has_a_checker_that_notices_if_it_was_not_run() -> None:
    """Both have the same tool, sources and rules, so `make format` repairs what `make check` reports."""
    options = {"--fix", "--check"}
    checks = [[word for word in checker.command if word not in options] for checker in CHECKERS]
    for formatter in FORMATTERS:
        if formatter.command[0] != "npm":
            assert [word for word in formatter.command if word not in options] in checks
