"""The report of a benchmark's figures."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console
from rich.table import Table

from bench import report
from bench.figures import Circumstances, Figures, Latency, Results
from bench.targets import targets
from tests.bench.conftest import CIRCUMSTANCES

SVG = "{http://www.w3.org/2000/svg}"


def printed(table: Table) -> str:
    console = Console(file=StringIO(), width=200)
    console.print(table)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_rates_are_compared_with_the_ceiling_and_the_replaced_algorithm(results: Results) -> None:
    first = results.figures[0]

    assert (first.of_ceiling, first.times_replaced) == (0.75, 30.0)


def test_the_table_has_a_row_for_each_size_and_setting(results: Results) -> None:
    text = printed(report.table(results.figures))

    rows = [line for line in text.splitlines() if re.search(r"bare|distant", line)]
    assert len(rows) == 4
    cells = [part.strip() for part in rows[2].strip("│").split("│")]
    assert cells[:8] == ["bare", "100,000", "111.1 s", "900", "1,200", "75%", "30", "30.0"]
    assert cells[8:] == ["1.5 s", "0.055 s", "0.060 s", "", "150 MiB"]


def test_the_table_of_latencies_has_a_row_each_way(results: Results) -> None:
    text = printed(report.latency_table(results.latencies))

    assert re.search(r"Django to Firestore\s*│\s*3\s*│\s*0.100 s\s*│\s*0.200 s\s*│\s*0.300 s", text)


def test_targets_are_judged_by_what_was_measured(results: Results) -> None:
    judged = {target.what: (round(target.found, 2), target.is_met) for target in targets(results)}

    assert judged == {
        "bare, 20,000: part of the ceiling": (0.75, True),
        "bare: peak memory at 100,000, times that at 20,000": (1.25, True),
        "bare: one change among 100,000, times one among 2,174": (1.1, True),
        "Django to Firestore: p95, seconds": (0.2, True),
    }


def test_a_target_that_is_missed_is_told(results: Results) -> None:
    results.figures.append(replace(results.figures[0], setting="distant", members=20_000, replaced=31.0))
    results.latencies.append(Latency("Firestore to Django", 3, 0.1, 1.2, 1.3))

    text = printed(report.target_table(targets(results)))

    missed = [line for line in text.splitlines() if "MISSED" in line]
    assert len(missed) == 2
    assert "times the replaced algorithm" in missed[0]
    assert "at least 30" in missed[0]
    assert "29.03" in missed[0]
    assert "Firestore to Django" in missed[1]


def test_one_size_is_judged_by_nothing_that_needs_two(results: Results) -> None:
    assert targets(Results(CIRCUMSTANCES, results.figures[:1])) == []


def test_json_holds_every_figure_and_both_ratios(results: Results, tmp_path: Path) -> None:
    report.write_json(results, tmp_path / "results.json")

    told = json.loads((tmp_path / "results.json").read_text())
    assert told["circumstances"]["processors"] == 2
    assert [row["members"] for row in told["figures"]] == [2174, 20_000, 100_000, 2174]
    assert told["figures"][0]["changes"] == {"1": 0.05, "10": 0.06}
    assert (told["figures"][0]["of_ceiling"], told["figures"][0]["times_replaced"]) == (0.75, 30.0)
    assert told["latencies"][0]["p95"] == 0.2
    assert told["targets"][0] == {
        "what": "bare, 20,000: part of the ceiling",
        "found": 0.75,
        "at_least": 0.6,
        "at_most": None,
        "is_met": True,
    }


def test_the_chart_has_a_bar_for_each_rate_none_longer_than_the_longest(
    results: Results, tmp_path: Path
) -> None:
    faster = Figures("bare", 10, 2400.0, 30.0, 1200.0, 1.0, 1.0, {}, 1.0)
    report.write_chart([*results.figures, faster], tmp_path / "chart.svg")

    drawing = ElementTree.parse(tmp_path / "chart.svg").getroot()  # noqa: S314 (our own file)
    widths = [int(bar.attrib["width"]) for bar in drawing.iter(f"{SVG}rect")]
    assert len(widths) == 15
    assert max(widths) == widths[-2] == report.WIDTH
    assert widths[0] == report.WIDTH / 2


@pytest.mark.parametrize(("seconds", "p50", "p95"), [([1.0, 2.0], 1.5, 1.95), ([1.0] * 20, 1.0, 1.0)])
def test_percentiles(seconds: list[float], p50: float, p95: float) -> None:
    found = Latency.of("there", seconds)

    assert (found.p50, found.p95) == pytest.approx((p50, p95))
    assert (found.edits, found.longest) == (len(seconds), max(seconds))


def test_circumstances_are_those_of_this_machine() -> None:
    now = Circumstances.now()

    assert now.processors >= 1
    assert now.memory_gib >= 1
    assert now.processor in str(now)
