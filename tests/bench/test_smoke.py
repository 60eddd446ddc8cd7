"""The whole benchmark at a tiny size: it runs and reports every figure."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from local.world import ROOT

MEMBERS = 12


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_figure_is_measured_through_the_proxy(tmp_path: Path) -> None:
    results, chart = tmp_path / "results.json", tmp_path / "chart.svg"
    places = ["--results", str(results), "--chart", str(chart)]

    done = bench("--members", str(MEMBERS), "--setting", "distant", "--rounds", "1", "--no-latency", *places)

    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(results.read_text())
    (row,) = told["figures"]
    assert (row["setting"], row["members"], set(row["changes"])) == ("distant", MEMBERS, {"1", "10"})
    rates_and_times = [row[name] for name in ("ours", "replaced", "ceiling", "first_copy", "nightly")]
    assert all(number > 0 for number in [*rates_and_times, *row["changes"].values(), row["peak_mib"]])
    assert told["latencies"] == []
    assert chart.read_text().startswith("<svg")


def test_a_register_without_members_is_refused() -> None:
    done = bench("--members", "0")

    assert done.returncode == 2
    assert "at least one member" in done.stderr


def test_a_world_that_is_not_there_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    done = bench("--world", "no-such-world", "--results", str(tmp_path / "results.json"))

    assert done.returncode == 1
    assert "no-such-world" in done.stdout
    assert "warming up" not in done.stdout
    assert not (tmp_path / "results.json").exists()
