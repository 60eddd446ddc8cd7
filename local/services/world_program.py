"""Starts and ends the services whose resources the program declares."""

from __future__ import annotations

from local import supervisor
from local.services.readiness import checks
from local.supervisor import Program
from local.world import World


def start_service(world: World, program: Program) -> None:
    """Start a service and wait until it answers. If it does not, it is ended again."""
    supervisor.start_daemon(world)
    supervisor.put_program(world, program)
    check = checks(world)[program.name]
    try:
        supervisor.wait_ready(world, program.name, lambda: check.why_not() is None)
    except supervisor.SupervisorError:
        supervisor.remove_program(world, program.name)
        raise


def stop_service(world: World, name: str) -> None:
    """End a service."""
    supervisor.remove_program(world, name)


def is_up(world: World, name: str) -> bool:
    """Whether a service runs."""
    status = supervisor.programs(world).get(name)
    return status is not None and status.state in supervisor.UP_STATES
