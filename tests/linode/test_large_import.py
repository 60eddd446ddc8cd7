"""A large import costs the same for each member, even if PostgreSQL's statistics know none of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from bench.register import as_lines
from tests.linode.postgres import Postgres
from tests.linode.runtimes import CURRENT
from tests.linode.test_backend_suite import run

QUEUE = "membership_membersyncqueue"
MEMBERS = 8000
INSERT = """
    INSERT INTO membership_comrade (
        ssn, name, birthday, date_joined, reachable, groupable, gender, housing_situation, status
    )
    SELECT '0113' || lpad(number::text, 6, '0'), 'Nafn', '2000-01-01', now(), true, true, 0, 0, 'active'
    FROM generate_series(%s::integer, %s::integer) AS number
"""
AS_DEEP_AS_AT_80_000 = "ALTER INDEX queue_ssn_created SET (fillfactor = 10)"
"""From this number on, other indexes look better to the planner if it believes that there are no rows."""
ROWS_READ = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = %s"


@pytest.fixture
def register(postgres: Postgres) -> Iterator[str]:
    """An empty register's database."""
    CURRENT.build()
    url = postgres.create_database("large-import")
    assert run(CURRENT, url, "migrate").returncode == 0
    yield url
    postgres.query("postgres", 'DROP DATABASE "large-import"')


def test_statistics_taken_in_its_middle_do_not_slow_an_import(register: str) -> None:
    """Take statistics as autovacuum does: it sees the import's pages, and no row that it may count."""
    with psycopg.connect(register) as importing, psycopg.connect(register, autocommit=True) as autovacuum:
        autovacuum.execute(AS_DEEP_AS_AT_80_000)
        importing.execute(INSERT, [1, MEMBERS])
        autovacuum.execute(f"ANALYZE {QUEUE}")
        before = read(importing)
        importing.execute(INSERT, [MEMBERS + 1, 2 * MEMBERS])
        assert read(importing) - before <= 2 * MEMBERS


def test_a_queue_that_was_emptied_does_not_slow_the_next_import(register: str) -> None:
    with psycopg.connect(register, autocommit=True) as connection:
        connection.execute(INSERT, [1, MEMBERS])
        connection.execute(f"TRUNCATE membership_comrade, {QUEUE} CASCADE")
        connection.execute(f"VACUUM ANALYZE {QUEUE}")
    with psycopg.connect(register) as importing:
        importing.execute(INSERT, [1, MEMBERS])
        assert read(importing) <= 2 * MEMBERS


def test_after_an_import_the_statistics_know_of_it(register: str) -> None:
    """Otherwise the first copy would be planned as for an empty register, until autovacuum has run."""
    lines = as_lines(MEMBERS)
    assert run(CURRENT, register, "load_register", content=lines).returncode == 0
    with psycopg.connect(register) as connection:
        rows = connection.execute("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'").fetchall()
    counted: dict[str, float] = dict(rows)
    touched = [
        QUEUE,
        "membership_comrade",
        "membership_contactinfo",
        "membership_simpleaddress",
        "sync_shadow",
    ]
    assert {name: counted[name] for name in touched} == dict.fromkeys(touched, MEMBERS)


def read(connection: psycopg.Connection[Any]) -> int:
    """How many of the queue's rows this transaction has read so far."""
    row = connection.execute(ROWS_READ, [QUEUE]).fetchone()
    assert row is not None
    return int(row[0])
