"""Cloud Scheduler: runs the declared jobs at their times, never two runs of one job at once.

As at Google, a time that passes while the scheduler is down is skipped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from local.resource_store import Record, ResourceStore
from local.services.internal_network import internal_client
from local.services.job_runner import JOBS, JobRunner
from local.services.job_schedule import due_time
from local.services.server import world_of_arguments
from local.world import World

PAUSE = 1.0
"""Seconds between two looks at the clock and the declared jobs."""

Clock = Callable[[], datetime]


def now_in_utc() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class Scheduler:
    """Runs one world's jobs by a clock."""

    def __init__(self, world: World, runner: JobRunner, clock: Clock = now_in_utc) -> None:
        self._store = ResourceStore(world)
        self._runner = runner
        self._clock = clock
        self._looked_at = clock()
        self._running: dict[str, asyncio.Task[str]] = {}

    def tick(self) -> list[str]:
        """Start every job that has become due since the last tick; return their names."""
        since, self._looked_at = self._looked_at, self._clock()
        started = []
        for job in self._store.list(JOBS):
            scheduled = due_time(job.resource, since, self._looked_at)
            if scheduled and self._start(job, scheduled):
                started.append(job.name)
        return started

    def _start(self, job: Record, scheduled: datetime) -> bool:
        """Start a job unless its last run has not ended."""
        running = self._running.get(job.name)
        if running and not running.done():
            return False
        self._running[job.name] = asyncio.create_task(self._runner.run(job, scheduled))
        return True

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            self.tick()
            await asyncio.sleep(PAUSE)


async def main(world: World) -> None:
    """Run that world's jobs until the process ends."""
    async with internal_client(world) as client:
        await Scheduler(world, JobRunner(world, client)).run()


if __name__ == "__main__":
    asyncio.run(main(world_of_arguments()))
