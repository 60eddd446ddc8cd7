"""The site's role and database in PostgreSQL."""

from __future__ import annotations

from deploy.provision.operations import Operation, ensure, unit
from deploy.remote import layout
from deploy.remote.database import AS_POSTGRES, PSQL, asked, create_database, logs_in, password

ROLE_FOUND = "SELECT 1 FROM pg_roles WHERE rolname = :'name'"
DATABASE_FOUND = "SELECT 1 FROM pg_database WHERE datname = :'name'"
ROLE_STATEMENTS = "SET password_encryption = 'scram-sha-256'; ALTER ROLE {} PASSWORD '%s';"
ALWAYS_THERE = "postgres"
"""A database that every server has."""


def wanted_state() -> list[Operation]:
    """The server runs; the role logs in with the host's secret password (scram) and owns the database."""
    name = layout.DATABASE
    return [
        unit("postgresql.service"),
        ensure("database role", f"{asked(ROLE_FOUND)} | grep -q 1", f"{AS_POSTGRES} createuser {name}"),
        ensure("database password", logs_in(ALWAYS_THERE), _set_password()),
        ensure("database", f"{asked(DATABASE_FOUND)} | grep -q 1", create_database(name)),
    ]


def _set_password() -> str:
    statements = ROLE_STATEMENTS.format(layout.DATABASE)
    return f'{password()}\nprintf "{statements}" "$PGPASSWORD" | {PSQL}'
