"""The figures that a run of the benchmark yields."""

from __future__ import annotations

import os
import platform
import statistics
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

CPU_FACTS = Path("/proc/cpuinfo")
GIB = 2**30


@dataclass(frozen=True)
class Figures:
    """One size in one setting. Rates are members a second; times are seconds; memory is the sync's own."""

    setting: str
    members: int
    ours: float
    replaced: float
    ceiling: float
    first_copy: float
    nightly: float
    changes: dict[int, float]
    """The median time to carry so many changes across."""
    peak_mib: float

    @property
    def of_ceiling(self) -> float:
        """Ours as a part of the ceiling."""
        return self.ours / self.ceiling

    @property
    def times_replaced(self) -> float:
        """How many times the replaced algorithm's rate."""
        return self.ours / self.replaced


@dataclass(frozen=True)
class Latency:
    """Seconds from the moment an edit is sent until the other side shows it; saving it is part of them."""

    direction: str
    edits: int
    p50: float
    p95: float
    longest: float

    @classmethod
    def of(cls, direction: str, seconds: list[float]) -> Latency:
        """The figures of two or more edits."""
        parts = statistics.quantiles(seconds, n=100, method="inclusive")
        return cls(direction, len(seconds), parts[49], parts[94], max(seconds))


@dataclass(frozen=True)
class Circumstances:
    """Where and when it was measured. A load above the number of processors spoils every figure."""

    taken_at: str
    processor: str
    processors: int
    memory_gib: int
    load: float
    """The machine's own before the run: an average of five minutes."""

    @classmethod
    def now(cls) -> Circumstances:
        """As they are."""
        return cls(
            taken_at=datetime.now(UTC).isoformat(timespec="minutes"),
            processor=_processor(),
            processors=os.cpu_count() or 1,
            memory_gib=round(psutil.virtual_memory().total / GIB),
            load=round(os.getloadavg()[1], 1),
        )

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.taken_at}, {self.processors} processors ({self.processor}), {self.memory_gib} GiB;"
            f" load before the run {self.load}"
        )


@dataclass(frozen=True)
class Results:
    """All of one run."""

    circumstances: Circumstances
    figures: list[Figures] = field(default_factory=list)
    latencies: list[Latency] = field(default_factory=list)


def _processor() -> str:
    lines = CPU_FACTS.read_text().splitlines() if CPU_FACTS.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
