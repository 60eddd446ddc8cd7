"""Guards of the site itself: without one, a test of the site's own suite fails."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.linode.django_server import BACKEND, DjangoServer
from tests.linode.postgres import Postgres, running_postgres
from tests.linode.runtimes import CURRENT
from tests.proof.host_guards import HOST_GUARDS, HostGuard

SHORT_WAIT = "-c lock_timeout=2s"
"""A test that waits for a lock which only it can release has failed."""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


def passes(site: Path, test: str, postgres: Postgres) -> bool:
    """Whether one test of the site's suite passes on this copy of it."""
    CURRENT.build()
    command = [str(CURRENT.executable), "manage.py", "test", "--noinput", test]
    environment = DjangoServer(postgres.url(), CURRENT).environment() | {"PGOPTIONS": SHORT_WAIT}
    done = subprocess.run(command, cwd=site, env=environment, capture_output=True, text=True, check=False)
    assert "Ran 1 test" in done.stderr, done.stderr
    return done.returncode == 0


@pytest.mark.parametrize("guard", HOST_GUARDS, ids=lambda guard: guard.name)
def test_without_the_guard_the_suite_fails(guard: HostGuard, postgres: Postgres, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(BACKEND, site)
    source = (site / guard.file).read_text(encoding="utf-8")
    assert guard.old in source
    assert passes(site, guard.test, postgres)
    (site / guard.file).write_text(source.replace(guard.old, guard.new), encoding="utf-8")
    assert not passes(site, guard.test, postgres)
