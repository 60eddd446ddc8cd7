"""`make bench`: measures the sync; prints a table, writes `bench/results.json` and the documents' chart.

python -m bench --members 2174 20000 --setting bare
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console

from bench import report
from bench.measurements import Figures, measure
from bench.rig import BARE, DISTANT
from local.toolchain.tool import ToolMissingError
from local.world import ROOT

SIZES = (2174, 20_000, 100_000)
TABLE_WIDTH = 170


def main() -> int:
    """Measure as the arguments say; exit status 1, with one line, where something fails."""
    arguments = _parse()
    console = Console(stderr=arguments.json, width=TABLE_WIDTH)
    try:
        figures = _measure_all(arguments, console)
    except (RuntimeError, ToolMissingError) as error:
        console.print(f"bench: {error}", style="red", markup=False)
        return 1
    console.print(report.table(figures))
    for line in report.comparisons(figures):
        console.print(line, highlight=False)
    report.write_json(figures, arguments.results)
    report.write_chart(figures, arguments.chart)
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
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results.json")
    parser.add_argument("--chart", type=Path, default=ROOT / "docs" / "sync-speed.svg")
    parser.add_argument(
        "--json", action="store_true", help="print the figures as JSON; all else goes to stderr"
    )
    arguments = parser.parse_args()
    if min(arguments.members) < 1:
        parser.error("--members: a register has at least one member")
    return arguments


def _measure_all(arguments: argparse.Namespace, console: Console) -> list[Figures]:
    begin = time.monotonic()
    figures = []
    for setting in arguments.setting:
        for members in arguments.members:

            def say(what: str, title: str = f"{setting}, {members:,} members") -> None:
                console.print(
                    f"[{time.monotonic() - begin:6.1f} s] {title}: {what}", highlight=False, markup=False
                )

            figures.append(measure(setting, members, say))
    return figures


if __name__ == "__main__":
    sys.exit(main())
