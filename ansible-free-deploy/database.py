"""PostgreSQL on the host: the role and the database of the site, and questions to them."""

from __future__ import annotations

import layout
from host import Host
from host_operations import Operation, ensure, unit

AS_POSTGRES = "runuser -u postgres --"
PSQL = f"{AS_POSTGRES} psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1"
ROLE_FOUND = "SELECT 1 FROM pg_roles WHERE rolname = :'name'"
DATABASE_FOUND = "SELECT 1 FROM pg_database WHERE datname = :'name'"
SIZE = "SELECT pg_database_size(:'name')"
ROLE_STATEMENTS = "SET password_encryption = 'scram-sha-256'; ALTER ROLE {} PASSWORD '%s';"


def wanted_state() -> list[Operation]:
    """The server runs; the role logs in with the host's secret password (scram) and owns the database."""
    name = layout.DATABASE
    return [
        unit("postgresql.service"),
        ensure("database role", f"{_asked(ROLE_FOUND)} | grep -q 1", f"{AS_POSTGRES} createuser {name}"),
        ensure("database password", _logs_in(), _set_password()),
        ensure("database", f"{_asked(DATABASE_FOUND)} | grep -q 1", create_database(name)),
    ]


def answers(host: Host) -> bool:
    """Whether the database lets the site in."""
    return host.run(_logs_in(database=layout.DATABASE), root=True, check=False).status == 0


def size_bytes(host: Host) -> int:
    """How large the database is."""
    return int(host.run(_asked(SIZE), what="database size", root=True).stdout.strip())


def create_database(name: str) -> str:
    """The shell command that makes an empty database of the site's."""
    options = f"--owner {layout.DATABASE} --encoding UTF8 --template template0"
    return f"{AS_POSTGRES} createdb {options} {name}"


def _asked(query: str) -> str:
    """The shell command that asks a query about the site's name."""
    return f'echo "{query}" | {PSQL} --set name={layout.DATABASE}'


def _password() -> str:
    """A shell assignment: the password out of the host's secrets, never an argument of a process."""
    pattern = r"s|^DATABASE_URL=postgres://[^:]*:\([^@]*\)@.*|\1|p"
    return f"PGPASSWORD=$(sed -n '{pattern}' {layout.HOST_ENVIRONMENT})"


def _logs_in(database: str = "postgres") -> str:
    variables = f"{_password()} PGCONNECT_TIMEOUT=5; export PGPASSWORD PGCONNECT_TIMEOUT"
    connect = f"psql --no-psqlrc --host 127.0.0.1 --username {layout.DATABASE} --no-password {database}"
    return f"( {variables}; {connect} --command 'SELECT 1' )"


def _set_password() -> str:
    statements = ROLE_STATEMENTS.format(layout.DATABASE)
    return f'{_password()}\nprintf "{statements}" "$PGPASSWORD" | {PSQL}'
