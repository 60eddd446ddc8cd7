"""Brings a world up in the order in which its parts need one another, takes it down, and removes it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from local import (
    gcp_plugin,
    kenni_settings,
    places,
    preflight,
    program,
    pulumi_stack,
    stack_settings,
    supervisor,
)
from local.environment import write_shell_file
from local.linode import host
from local.logins import Logins
from local.seed import loading
from local.services import programs
from local.services.readiness import wait_until_ready
from local.status import Status, examine, print_status
from local.steps import Say, Steps
from local.sync_run import SyncResult, has_run, run_full
from local.toolchain import catalogue
from local.world import World, stack_file

STARTED_WHEN_DECLARED = frozenset({"firestore", "auth", "hosting"})
"""Services that start when the program declares their resources."""


@dataclass(frozen=True)
class Arrival:
    """A world that is up: its status, its logins, and the seconds that each step took."""

    status: Status
    logins: Logins
    seconds: dict[str, float]
    resources: dict[str, int]
    first_sync: SyncResult | None

    def as_json(self) -> dict[str, Any]:
        """The object for `--json`, without passwords: these stay in their files."""
        return {
            **self.status.as_json(),
            "logins": self.logins.as_json(),
            "seconds": self.seconds,
            "resources": self.resources,
            "first_sync": vars(self.first_sync) if self.first_sync else None,
        }


def up(name: str, steps: Steps, google: stack_settings.Google = stack_settings.AS_IT_WAS) -> Arrival:
    """Start what does not run yet. Raises WorldError, if possible before anything has been started."""
    catalogue.ensure_all(steps.console)
    with steps.step("settings") as say:
        world = stack_settings.ensure_world(name, google)
        gcp_plugin.require(world)
        preflight.require_clear(world)
        kenni_settings.write(world)
        write_shell_file()
        say(f"world {world.name} on {world.address}, host {world.host_address}")
    with steps.step("services") as say:
        _start_services(world, say)
    with steps.step("Debian host") as say:
        host.start(world, say)
    with steps.step("pulumi up") as say:
        resources = program.bring_up(world, say)
    logins = Logins(world)
    with steps.step("demo register") as say:
        logins.ensure_staff()
        loading.load_members(world, say)
    first_sync = _first_sync(world, steps)
    steps.seconds["total"] = steps.total()
    return Arrival(examine(world), logins, steps.seconds, resources, first_sync)


def down(world: World, steps: Steps) -> None:
    """Stop all that runs for the world and remove its network and mounts; the data stays."""
    with steps.step("Debian host"):
        host.stop(world)
    with steps.step("services"):
        supervisor.stop_daemon(world)


def clean(world: World, steps: Steps) -> None:
    """Take the world down and remove all its data."""
    down(world, steps)
    with steps.step("data") as say:
        host.destroy(world)
        pulumi_stack.remove(world.name)
        shutil.rmtree(world.state, ignore_errors=True)
        places.release(stack_file(world.name))
        stack_file(world.name).unlink(missing_ok=True)
        say(f"{world.state} removed")


def remove_replaced(world: World) -> None:
    """End and forget the programs that an earlier version started under another name."""
    for name in set(programs.REPLACED) & set(supervisor.programs(world)):
        supervisor.remove_program(world, name)


def print_arrival(arrival: Arrival, console: Console) -> None:
    """Print the status, the logins and the time of each step."""
    console.print()
    print_status(arrival.status, console)
    console.print()
    for line in arrival.logins.lines():
        console.print(line, highlight=False, soft_wrap=True)
    listed = ", ".join(f"{title} {seconds:.1f} s" for title, seconds in arrival.seconds.items())
    console.print(f"\n{listed}", highlight=False, soft_wrap=True)


def _start_services(world: World, say: Say) -> None:
    """Start the supervisor with the programs that it has, then those that are new or have new code."""
    supervisor.start_daemon(world)
    remove_replaced(world)
    present = supervisor.programs(world)
    absent = STARTED_WHEN_DECLARED - set(present)
    wanted = [item for item in programs.world_programs(world) if item.name not in absent]
    for item in wanted:
        supervisor.put_program(world, item)
    _restart_broken(world)
    for item in wanted:
        say(f"waiting for {item.name}")
        wait_until_ready(world, item.name)
    say(f"{len(supervisor.programs(world))} programs")


def _restart_broken(world: World) -> None:
    for item in supervisor.programs(world).values():
        if item.state in supervisor.BROKEN_STATES:
            supervisor.start_program(world, item.name)


def _first_sync(world: World, steps: Steps) -> SyncResult | None:
    """Copy the register to Firestore if this world has never done so."""
    if has_run(world):
        return None
    with steps.step("first full sync") as say:
        result = run_full(world, say)
        loading.appoint_superuser(world)
        say(str(result))
    return result
