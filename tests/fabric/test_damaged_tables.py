"""The host's program sees a table that cannot be read, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from ekklesia_host import database
from ekklesia_host.database import damage

from tests.linode.postgres import USER, Postgres, running_postgres

FILE = "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('second')"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A database with two tables."""
    with running_postgres() as server:
        server.create_database(USER)
        for table in ("first", "second"):
            server.query(USER, f"CREATE TABLE {table} AS SELECT generate_series(1, 1000000)")
        yield server


@pytest.fixture
def settings(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the host's program knows of itself."""
    monkeypatch.setenv("PGPORT", str(postgres.port))
    secrets = tmp_path / "host.env"
    secrets.write_text("DATABASE_URL=postgres://x:unused@127.0.0.1:5432/x\n")
    return SimpleNamespace(host_environment=str(secrets), database=USER)


def test_a_database_that_does_not_answer_is_told_by_another_check(
    settings: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    assert damage(settings) == ""


def test_tables_that_are_only_large_are_not_told_as_damaged(
    settings: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WHOLE_TABLES", database.WHOLE_TABLES.replace("20s", "20ms"))
    assert damage(settings) == ""


def test_a_table_that_cannot_be_read_is_told(settings: SimpleNamespace, postgres: Postgres) -> None:
    assert damage(settings) == ""
    file = Path(postgres.query(USER, FILE))
    aside = file.rename(file.with_suffix(".aside"))
    assert file.name in damage(settings)
    aside.rename(file)
    assert damage(settings) == ""
