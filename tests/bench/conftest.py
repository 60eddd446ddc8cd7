"""Figures as a run of the benchmark might yield them."""

from __future__ import annotations

import pytest

from bench.figures import Circumstances, Figures, Latency, Results

CIRCUMSTANCES = Circumstances("2026-01-01T00:00+00:00", "Example 3000", 2, 16, 0.1)


def figures(setting: str, members: int, *, one_change: float = 0.05, peak_mib: float = 100.0) -> Figures:
    return Figures(
        setting,
        members,
        ours=900.0,
        replaced=30.0,
        ceiling=1200.0,
        first_copy=members / 900.0,
        nightly=1.5,
        changes={1: one_change, 10: 0.06},
        peak_mib=peak_mib,
    )


@pytest.fixture
def results() -> Results:
    rows = [
        figures("bare", 2174),
        figures("bare", 20_000, peak_mib=120.0),
        figures("bare", 100_000, one_change=0.055, peak_mib=150.0),
        figures("distant", 2174),
    ]
    return Results(CIRCUMSTANCES, rows, [Latency("Django to Firestore", 3, 0.1, 0.2, 0.3)])
