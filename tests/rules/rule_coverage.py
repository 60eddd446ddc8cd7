"""Finds values that no test produced, in the emulator's report on the expressions of the rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Gap:
    """An expression of the rules, from its start to the end of its line, and the value that it never had."""

    line: int
    text: str
    missing: frozenset[str]

    def __str__(self) -> str:
        return f"line {self.line}: never {' or '.join(sorted(self.missing))}: {self.text}"


def gaps(coverage: dict[str, Any]) -> list[Gap]:
    """The expressions that were never evaluated, and the conditions that were never true or never false.

    `coverage` is the answer of the emulator's `GET /emulator/v1/projects/P:ruleCoverage`: `rules.files` with
    the source, and in `report` a tree of expressions with the values that each one had.
    """
    lines = coverage["rules"]["files"][0]["content"].splitlines()
    found = (_gap(expression, lines) for report in coverage["report"] for expression in _flatten(report))
    return sorted({gap for gap in found if gap}, key=lambda gap: (gap.line, gap.text))


def _flatten(expression: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield expression
    for child in expression.get("children", []):
        yield from _flatten(child)


def _gap(expression: dict[str, Any], lines: list[str]) -> Gap | None:
    outcomes = [outcome for outcome in expression.get("values", []) if "undefined" not in outcome["value"]]
    if not outcomes:
        missing = {"evaluated"}
    elif all("boolValue" in outcome["value"] for outcome in outcomes):
        missing = {"true", "false"} - {json.dumps(outcome["value"]["boolValue"]) for outcome in outcomes}
    else:
        missing = set()  # A value, not a condition.
    position = expression["sourcePosition"]
    text = lines[position["line"] - 1][position["column"] - 1 :].strip()
    return Gap(position["line"], text, frozenset(missing)) if missing else None
