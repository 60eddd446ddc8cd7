"""A world that an earlier version made comes up with the present programs only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local import lifecycle, supervisor
from local.services import programs
from local.supervisor import Program
from local.world import ROOT, World


@pytest.fixture
def supervised(quiet_world: World) -> Iterator[World]:
    """A world in which only the supervisor runs."""
    supervisor.start_daemon(quiet_world)
    yield quiet_world
    supervisor.stop_daemon(quiet_world)


def test_a_program_that_has_another_name_now_is_ended(supervised: World) -> None:
    for name in (*programs.REPLACED, "ingress"):
        supervisor.put_program(supervised, Program(name, ["sleep", "60"], {}, ROOT))
    lifecycle.remove_replaced(supervised)
    assert set(supervisor.programs(supervised)) == {"ingress"}
    assert [path.name for path in (supervised.state / "programs").iterdir()] == ["ingress.ini"]


def test_no_program_has_a_name_of_before(quiet_world: World) -> None:
    assert not {program.name for program in programs.world_programs(quiet_world)} & set(programs.REPLACED)
