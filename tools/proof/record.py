"""The table of docs/proof.md: the last figures of each long proof. A run with `--record` writes its row."""

from __future__ import annotations

import os
import re
from datetime import date

from local.whole_file import write_whole
from local.world import ROOT
from tools.proof.progress import Progress
from tools.proof.proof import Proof

DOCUMENT = ROOT / "docs" / "proof.md"
ROW = re.compile(r"^\| `([a-z-]+)` \| (.+) \|$", re.MULTILINE)


def rows() -> dict[str, str]:
    """By name of a proof: what stands in its row after the name."""
    return dict(ROW.findall(DOCUMENT.read_text()))


def write(name: str, proof: Proof, progress: Progress) -> None:
    """Put the figures into the row of the proof, which is added if it is missing."""
    table = rows() | {name: row(proof, progress)}
    lines = "\n".join(f"| `{key}` | {table[key]} |" for key in sorted(table))
    text = DOCUMENT.read_text()
    before, after = text[: text.index("| `")], text[text.rindex(" |\n") + 3 :]
    write_whole(DOCUMENT, f"{before}{lines}\n{after}")
    print(f"written: {DOCUMENT.relative_to(ROOT)}")


def row(proof: Proof, progress: Progress) -> str:
    """The cells after the name."""
    counts = ", ".join(f"{number:,} {what}" for what, number in progress.counts.items())
    found = f"nothing ({counts})" if counts else "nothing"
    size = f"{progress.done:,} {proof.unit}, seed {progress.seed}"
    where = f"{date.today():%Y-%m-%d}, {progress.sources}, {os.cpu_count()} processors"
    return f"{proof.claim} | {size} | {found} | {progress.seconds / 60:.1f} min | {where}"
