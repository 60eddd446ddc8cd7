"""PostgreSQL writes down no member's data, whatever statement of the site's or of a restore fails."""

from __future__ import annotations

import subprocess

import pytest

from deploy.provision.database import ALWAYS_THERE, SILENT, is_silent, silencing
from tests.linode.postgres import Postgres, find_programs

PERSON = "0202802229"
SITE = "ekklesia"
TABLE = "CREATE TABLE member (ssn text PRIMARY KEY, since date)"


@pytest.fixture(params=["postgres", "postgres_10"])
def server(request: pytest.FixtureRequest) -> Postgres:
    """A server with both roles, and a table with a member."""
    server: Postgres = request.getfixturevalue(request.param)
    server.query("postgres", f"DROP ROLE IF EXISTS {ALWAYS_THERE}")
    server.query("postgres", f"CREATE ROLE {ALWAYS_THERE} SUPERUSER LOGIN")
    server.query("postgres", f"DROP TABLE IF EXISTS member; {TABLE}")
    server.query("postgres", f"INSERT INTO member VALUES ('{PERSON}', NULL)")
    return server


def attempt(server: Postgres, role: str, statement: str) -> str:
    """Run a statement that fails; what the server's log says of it."""
    log = server.folder / "log"
    before = len(log.read_text())
    url = server.url().replace(f"//{SITE}@", f"//{role}@")
    command = [str(find_programs() / "psql"), "-X", "-v", "ON_ERROR_STOP=1", url]
    done = subprocess.run(command, input=statement, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    return log.read_text()[before:]


@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT INTO member VALUES ('{PERSON}');",
        f"SELECT 1/0 -- {PERSON}\n;",
        f"COPY member FROM STDIN;\n{PERSON}\n\\.\n",
    ],
    ids=["duplicate", "comment", "row of a copy"],
)
@pytest.mark.parametrize("role", SILENT)
def test_a_statement_that_fails_is_logged_without_its_values(
    server: Postgres, role: str, statement: str
) -> None:
    server.query("postgres", f"ALTER ROLE {role} RESET ALL")
    assert server.query("postgres", is_silent(role)) == ""
    assert PERSON in attempt(server, role, statement)

    for one in filter(None, silencing(role).split(";")):
        server.query("postgres", one)

    assert server.query("postgres", is_silent(role)) == "1"
    assert PERSON not in attempt(server, role, statement)
