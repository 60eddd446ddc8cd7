"""`make doctor`: lists what is missing or wrong on this machine or in this world, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from local import preflight, stack_settings, supervisor
from local.preflight import Problem
from local.world import World, WorldError


def examine(name: str) -> list[Problem]:
    """All problems of this machine, and of the world of that name."""
    found = list(preflight.machine_problems())
    if any(problem.required for problem in found):
        # Nothing more can be said about a world whose tools are missing.
        return found
    try:
        world = stack_settings.ensure_world(name)
    except WorldError as error:
        return [*found, Problem("the settings are wrong", str(error))]
    return [*found, *preflight.busy_ports(world), *_unwell_programs(world)]


def report(problems: list[Problem], console: Console) -> int:
    """Print the problems; return the exit status, which is 0 if none of them has to be solved."""
    for problem in problems:
        mark = "✗" if problem.required else "○"
        console.print(f"{mark} {problem}", highlight=False, markup=False, soft_wrap=True)
    if not problems:
        console.print("nothing is missing and nothing is wrong")
    return int(any(problem.required for problem in problems))


def _unwell_programs(world: World) -> Iterator[Problem]:
    for program in supervisor.programs(world).values():
        if program.state in supervisor.BROKEN_STATES:
            yield Problem(
                f"{program.name} is {program.state.lower()} ({program.detail})",
                f"see {supervisor.log_path(world, program.name)}; `make up` starts it again",
            )
