"""What the site put into its database never runs with the rights of PostgreSQL's superuser.

A real server is asked. A stand-in for `runuser` makes users of the host into roles, as `peer` does.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ekklesia_backup.snapshot import Snapshot
from ekklesia_host import database as host_database

from deploy.backup import restore
from deploy.backup.archive import DATABASE, Manifest
from deploy.remote import database, layout
from deploy.remote.host import Result
from tests.backup.archives import CONTENT, manifest
from tests.linode.postgres import USER, Postgres, running_postgres

SITE = "site"
RUNUSER = f"""#!/bin/sh
[ "$1 $3" = "-u --" ] || exit 2
case $2 in postgres) PGUSER={USER} PGDATABASE=postgres ;; *) PGUSER=$2 PGDATABASE=$2 ;; esac
export PGUSER PGDATABASE
shift 3
exec "$@"
"""
WHO_RUNS = "SELECT count(*) FROM pg_roles WHERE rolname = current_user AND rolsuper"
"""1 for a superuser."""
FORMAT = f"""
    CREATE TABLE public.kept (id integer);
    CREATE FUNCTION public.format(text, name, name, name) RETURNS text LANGUAGE sql
    AS $$ SELECT 'SELECT ''superuser'', ({WHO_RUNS})'::text $$;
"""
SIZE = f"""
    CREATE FUNCTION public.pg_database_size(text) RETURNS bigint LANGUAGE sql AS $$ {WHO_RUNS} $$;
"""
CONTAINS = f"""
    CREATE FUNCTION public.contains(text[], text[]) RETURNS boolean LANGUAGE sql
    AS $$ SELECT ({WHO_RUNS}) = 1 $$;
    CREATE OPERATOR public.@> (LEFTARG = text[], RIGHTARG = text[], PROCEDURE = public.contains);
"""
CHECKED = f"""
    CREATE FUNCTION public.is_fine(integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
        RESET ROLE;
        IF ({WHO_RUNS}) = 1 THEN RAISE EXCEPTION 'the superuser ran this'; END IF;
        RETURN true;
    END $$;
    CREATE TABLE public.kept (id integer CHECK (public.is_fine(id)));
    INSERT INTO public.kept VALUES (1);
"""  # noqa: S608


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as running:
        running.query("postgres", f"CREATE ROLE {SITE} LOGIN")
        # Before PostgreSQL 15 everybody may make things there.
        running.query("postgres", f"GRANT CREATE ON SCHEMA public TO {SITE}")
        yield running


@pytest.fixture
def asked(server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postgres]:
    """The server, asked by the host's programs, with a new database of the site's."""
    (tmp_path / "runuser").write_text(RUNUSER)
    (tmp_path / "runuser").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{server.programs}:{os.environ['PATH']}")
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", str(server.port))
    for name in ("AS_SITE", "PSQL_OF_SITE"):
        words = getattr(database, name).replace(f"-u {layout.APP_USER} ", f"-u {SITE} ")
        monkeypatch.setattr(database, name, words)
    server.query("postgres", f"CREATE DATABASE {SITE} OWNER {SITE}")
    yield server
    server.query("postgres", f"DROP DATABASE {SITE}")


def plant(server: Postgres, where: str, what: str) -> None:
    """Make something as the site does."""
    words = ["psql", "-Xqh", "127.0.0.1", "-p", str(server.port), "-U", SITE, "-v", "ON_ERROR_STOP=1", where]
    subprocess.run(words, input=what, text=True, check=True, capture_output=True)


def shell(command: str, **options: Any) -> Result:
    content = options.get("content", b"")
    data = content if isinstance(content, bytes) else content.encode()
    done = subprocess.run(["sh", "-c", command], input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return Result(done.stdout.decode(), done.stderr.decode(), 0)


def test_a_backup_runs_a_planted_function_as_the_site(asked: Postgres) -> None:
    plant(asked, SITE, FORMAT)
    with Snapshot(SITE) as snapshot:
        assert snapshot.rows().get("superuser") == 0


def test_a_backup_reads_all_that_the_site_has(asked: Postgres) -> None:
    plant(asked, SITE, "CREATE TABLE kept (id serial); INSERT INTO kept DEFAULT VALUES")
    with Snapshot(SITE) as snapshot:
        assert snapshot.rows() == {"kept": 1}
        dumped = subprocess.run(snapshot.dump_command(), check=True, capture_output=True).stdout
    assert dumped.startswith(b"PGDMP")


def test_a_restored_database_is_counted_as_the_site(asked: Postgres) -> None:
    plant(asked, SITE, FORMAT)
    told = Manifest.model_validate(manifest(CONTENT) | {"rows": {"superuser": 0}})
    assert "as backed up" in restore.compare(SimpleNamespace(run=shell), told, SITE)  # type: ignore[arg-type]


def test_a_dump_is_restored_as_the_site(asked: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its constraints are functions of the site's, and run while it is restored."""
    plant(asked, SITE, CHECKED)
    restore_a_dump(monkeypatch)
    assert asked.query("restored", "SELECT count(*) FROM kept") == "1"
    asked.query("postgres", "DROP DATABASE restored")


def test_a_dump_that_comments_on_plpgsql_is_restored_too(
    asked: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As every dump of PostgreSQL 10 does; later ones do if the extension was made after the server."""
    for statement in ("DROP EXTENSION plpgsql", "CREATE EXTENSION plpgsql"):
        asked.query(SITE, statement)
    plant(asked, SITE, "CREATE TABLE public.kept AS SELECT 1 AS id")
    restore_a_dump(monkeypatch)
    assert asked.query("restored", "SELECT count(*) FROM kept") == "1"
    asked.query("postgres", "DROP DATABASE restored")


def restore_a_dump(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dump the site's database and restore it as `restored`."""
    with Snapshot(SITE) as snapshot:
        dumped = subprocess.run(snapshot.dump_command(), check=True, capture_output=True).stdout
    assert dumped
    archive = SimpleNamespace(content=lambda member: nullcontext({DATABASE: dumped}[member]))
    monkeypatch.setattr(restore, "guarded", lambda script: script)
    monkeypatch.setattr(database, "create_database", lambda name: f"createdb -U {USER} --owner {SITE} {name}")
    restore.restore_database(SimpleNamespace(run=shell), archive, "restored")  # type: ignore[arg-type]


def test_the_superusers_own_questions_find_only_postgresqls_functions(asked: Postgres) -> None:
    plant(asked, "postgres", SIZE + CONTAINS)
    words = [*host_database.AS_SUPERUSER, "--set", f"name={SITE}"]
    told = subprocess.run(words, input=host_database.SIZE, text=True, check=True, capture_output=True).stdout
    assert int(told) > 1
    question = "SELECT ARRAY['a'] @> ARRAY['b']"
    assert shell(f'echo "{question}" | {database.PSQL}').stdout.strip() == "f"
