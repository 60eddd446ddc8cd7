"""Django's own test suite, migrations and deployment check, on every runtime and PostgreSQL that it may run on."""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from deploy.release.archive import make_archive
from tests.linode import production
from tests.linode.django_server import BACKEND
from tests.linode.postgres import Postgres
from tests.linode.runtimes import CURRENT, Runtime

SUITE_SECONDS = 540


def run(
    runtime: Runtime, database_url: str, *arguments: str, folder: Path = BACKEND, content: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ekklesia.tests.settings",
        "DATABASE_URL": database_url,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [str(runtime.executable), "manage.py", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        input=content,
        capture_output=True,
        text=True,
        timeout=SUITE_SECONDS,
        check=False,
    )


def test_suite_passes_and_collects_every_test(surroundings: tuple[Runtime, Postgres]) -> None:
    runtime, postgres = surroundings
    answer = run(runtime, postgres.create_database(f"suite-{runtime.name}"), "test", "--noinput")
    assert answer.returncode == 0, answer.stderr[-8000:]
    ran = re.search(r"^Ran (\d+) tests", answer.stderr, re.MULTILINE)
    assert ran
    assert int(ran[1]) == sum(
        len(re.findall(r"^    def test_", path.read_text(), re.MULTILINE))
        for path in BACKEND.glob("*/tests/test_*.py")
    )


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release as the host has it: without the tests."""
    folder = tmp_path_factory.mktemp("release")
    with tarfile.open(fileobj=io.BytesIO(make_archive().content)) as archive:
        archive.extractall(folder, filter="data")
    assert not list(folder.rglob("tests"))
    return folder


def test_models_and_migrations_agree(runtime: Runtime, postgres: Postgres) -> None:
    answer = run(runtime, postgres.url(), "makemigrations", "--check", "--dry-run")
    assert answer.returncode == 0, answer.stdout


def test_migrations_go_back_and_forth(surroundings: tuple[Runtime, Postgres]) -> None:
    runtime, postgres = surroundings
    database = postgres.create_database(f"migrations-{runtime.name}")
    for arguments in (["migrate"], ["migrate", "sync", "zero"], ["migrate"]):
        answer = run(runtime, database, *arguments)
        assert answer.returncode == 0, answer.stderr


def test_a_database_of_the_legacy_runtime_serves_the_current_one(
    postgres: Postgres, runtime: Runtime
) -> None:
    if runtime.name == "current":
        pytest.skip("this is about coming from an older runtime")
    CURRENT.build()
    database = postgres.create_database(f"upgrade-{runtime.name}")
    for stage in (runtime, CURRENT):
        assert run(stage, database, "migrate").returncode == 0
    assert run(CURRENT, database, "migrate", "--check").returncode == 0


def test_deployment_check_of_what_is_shipped_is_clean(runtime: Runtime, release: Path) -> None:
    environment = production.REQUIRED | production.NUDGE
    command = ("check", "--deploy", "--fail-level", "WARNING")
    answer = production.manage(runtime, environment, *command, folder=release / "backend")
    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout + answer.stderr
