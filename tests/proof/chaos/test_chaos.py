"""Random storms against the real sync: none breaks an invariant. `make chaos N=2000` runs more of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.toolchain import postgresql10
from tests.proof.chaos.__main__ import storm_through
from tests.proof.chaos.rig import NEWEST, TEN, running_rig

SCHEDULES = {NEWEST: 160, TEN: 40}
"""How many on each PostgreSQL."""


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("release", [NEWEST, TEN])
def test_storms_leave_nothing_wrong(release: str, tmp_path: Path) -> None:
    if release == TEN and postgresql10.programs() is None:
        pytest.skip(f"no PostgreSQL 10 here: {postgresql10.WITHOUT}")
    seeds = range(1, SCHEDULES[release] + 1)
    with running_rig(release) as rig:
        assert storm_through(rig, seeds, tmp_path) is None
