"""MDN's HTTP Observatory, run on this machine, with the results that its service on the web would give."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from local.environment import extend_path
from local.toolchain import node_packages

FOLDER = Path(__file__).parent
FULL_SCORE = 100
JUDGING_SECONDS = 120


def judge(name: str, authority: Path) -> dict[str, Any]:
    """Its `grade`, `score` and the result of each test, for the site with that name on ports 80 and 443."""
    extend_path()
    node_packages.ensure(FOLDER)
    done = subprocess.run(
        ["node", FOLDER / "judge.mjs", name],
        env={**os.environ, "NODE_EXTRA_CA_CERTS": str(authority)},
        capture_output=True,
        text=True,
        check=False,
        timeout=JUDGING_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))
