"""PostgreSQL on the host: the role and the database of the site, and questions to them."""

from __future__ import annotations

import layout
from host import Host
from host_operations import Operation, ensure, unit

PSQL = "runuser -u postgres -- psql --no-psqlrc --quiet --tuples-only --no-align"


def wanted_state() -> list[Operation]:
    """The server runs; the role logs in with the password of the host's secrets (scram); the database is its."""
    name = layout.DATABASE
    found = f"{PSQL} --command \"SELECT 1 FROM {{}} WHERE {{}} = '{name}'\" | grep -q 1"
    return [
        unit("postgresql.service"),
        ensure(
            "database role", found.format("pg_roles", "rolname"), f"runuser -u postgres -- createuser {name}"
        ),
        ensure("database password", _logs_in(), _set_password()),
        ensure("database", found.format("pg_database", "datname"), _create_database()),
    ]


def answers(host: Host) -> bool:
    """Whether the database lets the site in."""
    return host.run(_logs_in(database=layout.DATABASE), root=True, check=False).status == 0


def size_bytes(host: Host) -> int:
    """How large the database is."""
    query = f"SELECT pg_database_size('{layout.DATABASE}')"
    return int(host.run(f'{PSQL} --command "{query}"', what="database size", root=True).stdout.strip())


def _password() -> str:
    """A shell assignment: the password out of the host's secrets, never an argument of a process."""
    return f"PGPASSWORD=$(sed -n 's|^DATABASE_URL=postgres://[^:]*:\\([^@]*\\)@.*|\\1|p' {layout.HOST_ENVIRONMENT})"


def _logs_in(database: str = "postgres") -> str:
    connect = f"psql --no-psqlrc --host 127.0.0.1 --username {layout.DATABASE} --no-password {database}"
    return f"( {_password()} PGCONNECT_TIMEOUT=5; export PGPASSWORD PGCONNECT_TIMEOUT; {connect} --command 'SELECT 1' )"


def _set_password() -> str:
    statement = f"\"SET password_encryption = 'scram-sha-256'; ALTER ROLE {layout.DATABASE} PASSWORD '%s';\""
    return f'{_password()}\nprintf {statement} "$PGPASSWORD" | {PSQL}'


def _create_database() -> str:
    options = f"--owner {layout.DATABASE} --encoding UTF8 --template template0"
    return f"runuser -u postgres -- createdb {options} {layout.DATABASE}"
