"""The real services of one world, each started when a test first needs it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from local.services.readiness import NotReadyError, checks
from local.world import ROOT, World

START_SECONDS = 60.0


class RunningServices:
    """The processes, by the name of their service."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start a service if it does not run, and wait until it answers."""
        process = self._processes.get(name)
        if process is None or process.poll() is not None:
            process = self._processes[name] = self._start(name)
        check = checks(self._world).get(name)
        deadline = time.monotonic() + START_SECONDS
        while check and (reason := check.why_not()):
            if process.poll() is not None or time.monotonic() > deadline:
                raise NotReadyError(f"{reason}\n{self._log(name).read_text()}")
            time.sleep(0.05)

    def stop(self, name: str) -> None:
        """End a service as the supervisor does."""
        self._processes[name].terminate()
        self._processes[name].wait()

    def kill(self, name: str) -> None:
        """End a service as a crash does."""
        self._processes[name].kill()
        self._processes[name].wait()

    def stop_all(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait()

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        self._world.state.mkdir(parents=True, exist_ok=True)
        module = "local.google" if name == "googleapis" else f"local.services.{name}"
        command = [sys.executable, "-m", module, self._world.name]
        with self._log(name).open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)

    def _log(self, name: str) -> Path:
        return self._world.state / f"{name}.log"
