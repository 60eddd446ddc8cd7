"""The figures as a table for people, as JSON for machines, and as a chart for the documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from bench.figures import Figures, Latency, Results
from bench.targets import Target, targets

COLUMNS = (
    "setting",
    "members",
    "first copy",
    "ours /s",
    "ceiling /s",
    "of ceiling",
    "replaced /s",
    "times replaced",
    "nightly",
    "1 change",
    "10",
    "1,000",
    "peak memory",
)
BAR, ROW, LEFT, WIDTH = 18, 24, 220, 460
COLOURS = {"ceiling": "#9aa5b1", "ours": "#2f6f4f", "replaced": "#b4552d"}


def table(figures: Sequence[Figures]) -> Table:
    """A row a measurement."""
    printed = Table(*COLUMNS, title="The sync: members a second, seconds, MiB")
    for row in figures:
        changes = [f"{row.changes[count]:.3f} s" if count in row.changes else "" for count in (1, 10, 1000)]
        printed.add_row(
            row.setting,
            f"{row.members:,}",
            f"{row.first_copy:.1f} s",
            f"{row.ours:,.0f}",
            f"{row.ceiling:,.0f}",
            f"{row.of_ceiling:.0%}",
            f"{row.replaced:,.0f}",
            f"{row.times_replaced:.1f}",
            f"{row.nightly:.1f} s",
            *changes,
            f"{row.peak_mib:.0f} MiB",
        )
    return printed


def latency_table(latencies: Sequence[Latency]) -> Table:
    """A row each way."""
    printed = Table("edit", "edits", "p50", "p95", "longest", title="An edit's way to the other side")
    for row in latencies:
        numbers = [f"{seconds:.3f} s" for seconds in (row.p50, row.p95, row.longest)]
        printed.add_row(row.direction, str(row.edits), *numbers)
    return printed


def target_table(found: Sequence[Target]) -> Table:
    """A row a target."""
    printed = Table("target", "wanted", "found", "", title="What the sync is held to")
    for target in found:
        word = "met" if target.is_met else "MISSED"
        printed.add_row(target.what, target.wanted, f"{target.found:.2f}", word)
    return printed


def write_json(results: Results, path: Path) -> None:
    """All of it, with the ratios that are asked for, and which targets they meet."""
    rows = [
        asdict(row) | {"of_ceiling": row.of_ceiling, "times_replaced": row.times_replaced}
        for row in results.figures
    ]
    checked = [asdict(target) | {"is_met": target.is_met} for target in targets(results)]
    figures = asdict(results) | {"figures": rows, "targets": checked}
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")


def write_chart(figures: Sequence[Figures], path: Path) -> None:
    """Bars of the three rates, as an SVG that needs nothing else."""
    longest = max(getattr(row, name) for row in figures for name in COLOURS)
    bars = [
        (f"{row.setting}, {row.members:,}: {name}", getattr(row, name), colour)
        for row in figures
        for name, colour in COLOURS.items()
    ]
    lines = [_bar(index, *bar, longest) for index, bar in enumerate(bars)]
    height = len(bars) * ROW + ROW
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 90}" height="{height}"'
    title = "<title>Members a second: the ceiling, this sync, and the algorithm it replaced</title>"
    path.write_text(
        "\n".join([f'{opening} font-family="sans-serif" font-size="12">', title, *lines, "</svg>\n"])
    )


def _bar(index: int, label: str, rate: float, colour: str, longest: float) -> str:
    top = index * ROW + ROW // 2
    width = max(1.0, rate / longest * WIDTH)
    return (
        f'<text x="{LEFT - 8}" y="{top + 13}" text-anchor="end">{label}</text>'
        f'<rect x="{LEFT}" y="{top}" width="{width:.0f}" height="{BAR}" fill="{colour}"/>'
        f'<text x="{LEFT + width + 6:.0f}" y="{top + 13}">{rate:,.0f}</text>'
    )
