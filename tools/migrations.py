"""`make migrations`: writes the migrations that changed models need, with the newest Django there is.

What this Django writes runs on the oldest one too; the tests run every migration on both.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from local.world import ROOT
from tests.linode.django_server import BACKEND, SETTINGS
from tests.linode.runtimes import CURRENT

UNUSED_DATABASE = "postgresql://127.0.0.1:1/none"
"""Settings want one; migrations are written from the models alone."""
FORMAT = ("format", "--quiet", "--no-cache", "--config", "linode/ruff.toml", "linode/backend")


def main() -> int:
    """Write and format them; the exit status of `makemigrations`."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "DATABASE_URL": UNUSED_DATABASE,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history",
    }
    command = [str(CURRENT.build()), "manage.py", "makemigrations", "--noinput"]
    done = subprocess.run(command, cwd=BACKEND, env=environment, check=False)
    subprocess.run([Path(sys.executable).parent / "ruff", *FORMAT], cwd=ROOT, check=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
