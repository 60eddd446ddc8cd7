"""Where guards are taken away: a copy of the project, a database, and the runtimes of the site."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from local.environment import extend_path
from local.world import LOCAL, ROOT
from tests.linode.postgres import Postgres, running_postgres
from tests.linode.runtimes import CURRENT, LEGACY, Runtime
from tools.checkers import tracked

SITE = "linode/backend"
DEPLOYED = (LEGACY, CURRENT)
LINKED = (LOCAL.name, "local/node/node_modules", "portal/node_modules")
"""The worlds, and what node runs: nothing in there is a guard of ours."""


@dataclass(frozen=True)
class Bench:
    """The copy's folder, the database for its tests, and the runtimes on which the site's own tests run."""

    project: Path
    postgres: Postgres
    runtimes: Sequence[Runtime] = DEPLOYED
    passing: set[str] = field(default_factory=set)
    """Tests that passed with all guards, so that guards of one test ask it once."""


@contextmanager
def set_up(runtimes: Sequence[Runtime] = DEPLOYED) -> Iterator[Bench]:
    """A bench; the copy and the database are removed at the end."""
    extend_path()
    LOCAL.mkdir(exist_ok=True)
    with running_postgres() as postgres, tempfile.TemporaryDirectory() as folder:
        yield Bench(_copy_of_the_project(Path(folder)), postgres, runtimes)


def _copy_of_the_project(folder: Path) -> Path:
    """Every tracked file, with links to what is no source."""
    for file in tracked("*"):
        target = folder / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.is_file():
            shutil.copy2(file, target)
    for name in LINKED:
        if (ROOT / name).is_dir():
            (folder / name).symlink_to(ROOT / name)
    return folder
