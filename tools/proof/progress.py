"""How far a proof has come, kept in `.local/proof/`, so that the same command goes on where it stopped.

What was shown of other sources counts no more: progress belongs to one state of the repository.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from local.whole_file import write_whole
from local.world import ROOT

FOLDER = ROOT / ".local" / "proof"


@dataclass(frozen=True)
class Progress:
    """Of one proof with one seed: its first `done` attempts found nothing."""

    name: str
    seed: int
    sources: str
    """Which state of the repository: a commit, with a hash of what is not committed."""
    done: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def with_portion(self, end: int, counts: Mapping[str, int], seconds: float) -> Progress:
        """The progress after a portion that found nothing."""
        total = dict(Counter(self.counts) + Counter(counts))
        return replace(self, done=end, counts=total, seconds=self.seconds + seconds)

    def keep(self) -> None:
        """Write it down."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        write_whole(_file(self.name, self.seed), json.dumps(asdict(self)))


def begin(name: str, seed: int, *, fresh: bool = False) -> Progress:
    """Where to go on: at what was kept, or at nothing if it was of other sources."""
    nothing = Progress(name, seed, sources())
    try:
        kept = Progress(**json.loads(_file(name, seed).read_text()))
    except FileNotFoundError:
        return nothing
    return nothing if fresh or kept.sources != nothing.sources else kept


def sources() -> str:
    """The commit, and a short hash of all that differs from it or is new; docs/proof.md does not count."""
    commit = _git("rev-parse", "--short=12", "HEAD").strip()
    changes = _git("diff", "HEAD", "--", ".", ":!docs/proof.md")
    new = _git("ls-files", "--others", "--exclude-standard").splitlines()
    changes += "".join(f"{name}\n{(ROOT / name).read_text(errors='replace')}" for name in new)
    return f"{commit}+{hashlib.sha256(changes.encode()).hexdigest()[:6]}" if changes else commit


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def _file(name: str, seed: int) -> Path:
    return FOLDER / f"{name}-{seed}.json"
