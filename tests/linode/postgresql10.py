"""PostgreSQL 10, as on production's host, in a folder that the unprivileged user it runs as can reach."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.toolchain import postgresql10, python36


class PostgreSQL10MissingError(Exception):
    """The toolchain could not bring PostgreSQL 10."""


def is_production_here() -> bool:
    """Whether this machine has both what production runs: PostgreSQL 10 and Python 3.6."""
    return postgresql10.programs() is not None and python36.find() is not None


@contextmanager
def reachable_programs() -> Iterator[Path]:
    """The folder of its programs, for the length of a `with` block. Raises PostgreSQL10MissingError."""
    if postgresql10.programs() is None:
        raise PostgreSQL10MissingError(f"no PostgreSQL 10 here: {postgresql10.WITHOUT}")
    with tempfile.TemporaryDirectory(prefix="ekklesia-postgresql-10-") as folder:
        reachable = Path(folder)
        reachable.chmod(0o755)
        shutil.copytree(postgresql10.FOLDER, reachable / "programs")
        yield reachable / "programs" / "bin"
