"""The sync in a process of its own, as an instance of the function runs it: a line of JSON in, one out.

{"mode": "pending"} → {"seconds": 1.2, "peak_kib": 81234, "written": 2174, "failed": 0}
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from pathlib import Path
from typing import IO, Any, cast

from bench.rig import Rig
from local.world import ROOT

STATUS = Path("/proc/self/status")
INVENTED_KEY = "a benchmark's list of erased keys has nobody on it"


class Worker:
    """A running worker."""

    def __init__(self, process: subprocess.Popen[str], stdin: IO[str], stdout: IO[str]) -> None:
        self._process, self._stdin, self._stdout = process, stdin, stdout

    def run(self, **order: Any) -> dict[str, Any]:
        """Have one order carried out. Raises RuntimeError if the run did not succeed."""
        self._stdin.write(json.dumps(order) + "\n")
        self._stdin.flush()
        line = self._stdout.readline()
        if not line:
            raise RuntimeError(f"the worker ended with status {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if answer["status"] != "success":
            raise RuntimeError(f"the sync did not succeed: {answer}")
        return answer


@contextmanager
def running_worker(rig: Rig) -> Iterator[Worker]:
    """A worker with the settings that a function has, for the length of a `with` block."""
    settings = {
        "GCP_PROJECT": rig.project,
        "FIRESTORE_EMULATOR_HOST": rig.firestore,
        "DJANGO_API_BASE_URL": rig.django_url,
        "DJANGO_API_TOKEN": rig.django.token,
        "SYNC_BUDGET_SECONDS": "3600",
        "ERASED_KEYS_KEY": INVENTED_KEY,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'functions'}",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.worker"],
        env=environ | settings,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Worker(process, cast(IO[str], process.stdin), cast(IO[str], process.stdout))
    finally:
        process.communicate(timeout=60)


def _serve() -> None:
    # The functions' own modules: on the path of this process only (see `running_worker`).
    from sync.deployed import deployed_sync  # noqa: PLC0415
    from sync.order import Order  # noqa: PLC0415

    sync = deployed_sync()
    for line in sys.stdin:
        order = Order.parse(line.encode())
        begin = time.perf_counter()
        result = sync.run(order)
        seconds = time.perf_counter() - begin
        print(json.dumps(_summary(result, seconds)), flush=True)


def _summary(result: dict[str, Any], seconds: float) -> dict[str, Any]:
    directions = (result["firestore_to_django"], result["django_to_firestore"])
    return {
        "status": result["status"],
        "seconds": seconds,
        "written": sum(direction["written"] for direction in directions),
        "failed": sum(direction["failed"] for direction in directions),
        "drift": (result.get("drift") or {}).get("differences"),
        "peak_kib": _peak_kib(),
        "error": result.get("error"),
    }


def _peak_kib() -> int:
    """The most memory this process has held. `getrusage` would count its parent's as well: on Linux a new
    program inherits the peak of the process that it was forked from."""
    (mark,) = re.findall(r"VmHWM:\s*(\d+) kB", STATUS.read_text())
    return int(mark)


if __name__ == "__main__":
    _serve()
