"""`make bench`: measures the sync; prints a table, writes `bench/results.json` and the documents' chart.

python -m bench --members 2174 20000 --setting bare
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import httpx
from rich.console import Console

from bench import report
from bench.figures import Circumstances, Results
from bench.latency import measure_somewhere
from bench.measurements import Say, measure
from bench.rig import BARE, DISTANT, running_rigs
from bench.targets import LARGE, MIDDLE, REAL, targets
from bench.warm_up import warm_up
from local.toolchain.tool import ToolMissingError
from local.world import ROOT, WorldError

SIZES = (REAL, MIDDLE, LARGE)
ROUNDS = 3
WARM_UP_MEMBERS = 2500
TABLE_WIDTH = 170


def main() -> int:
    """Measure as the arguments say. If something fails: one line, and exit status 1."""
    arguments = _parse()
    console = Console(stderr=arguments.json, width=TABLE_WIDTH)
    try:
        results = _measure_all(arguments, console)
    except (
        RuntimeError,
        subprocess.CalledProcessError,
        ToolMissingError,
        WorldError,
        httpx.HTTPError,
    ) as error:
        console.print(f"bench: {error}", style="red", markup=False)
        return 1
    _show(results, console)
    report.write_json(results, arguments.results)
    report.write_chart(results.figures, arguments.chart)
    console.print(f"written: {arguments.results}, {arguments.chart}", highlight=False)
    if arguments.json:
        print(arguments.results.read_text(), end="")
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--members", type=int, nargs="+", default=SIZES, help="register sizes (default: %(default)s)"
    )
    parser.add_argument("--setting", nargs="+", choices=(BARE, DISTANT), default=(BARE, DISTANT))
    parser.add_argument(
        "--world", help="measure latency in this world, which is up (default: bring one up, and away again)"
    )
    parser.add_argument("--no-latency", action="store_true", help="leave the whole world out")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how many first copies; the median counts")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results.json")
    parser.add_argument("--chart", type=Path, default=ROOT / "docs" / "sync-speed.svg")
    parser.add_argument(
        "--json", action="store_true", help="print the figures as JSON; all else goes to stderr"
    )
    arguments = parser.parse_args()
    if min(arguments.members) < 1:
        parser.error("--members: a register has at least one member")
    if arguments.rounds < 1:
        parser.error("--rounds: at least one")
    return arguments


def _measure_all(arguments: argparse.Namespace, console: Console) -> Results:
    begin = time.monotonic()

    def say(what: str) -> None:
        console.print(f"[{time.monotonic() - begin:6.1f} s] {what}", highlight=False, markup=False)

    results = Results(Circumstances.now())
    # This comes first because it is the most likely to fail; a failure should not come after 15 minutes.
    if not arguments.no_latency:
        results.latencies.extend(measure_somewhere(arguments.world, say))
    with running_rigs() as rigs:
        say("warming up")
        warm_up(rigs[BARE], min(max(arguments.members), WARM_UP_MEMBERS), arguments.rounds + 1)
        for members in arguments.members:
            for setting in arguments.setting:
                titled = partial(_say_of, say, f"{setting}, {members:,} members")
                results.figures.append(measure(rigs[setting], members, arguments.rounds, titled))
    return results


def _say_of(say: Say, title: str, what: str) -> None:
    say(f"{title}: {what}")


def _show(results: Results, console: Console) -> None:
    console.print(str(results.circumstances), highlight=False)
    console.print(report.table(results.figures))
    if results.latencies:
        console.print(report.latency_table(results.latencies))
    if wanted := targets(results):
        console.print(report.target_table(wanted))


if __name__ == "__main__":
    sys.exit(main())
