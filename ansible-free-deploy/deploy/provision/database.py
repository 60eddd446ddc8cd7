"""The site's role and database in PostgreSQL."""

from __future__ import annotations

from deploy.provision.operations import Operation, ensure, unit
from deploy.remote import layout
from deploy.remote.database import AS_POSTGRES, PSQL, asked, create_database, logs_in, password

ROLE_FOUND = "SELECT 1 FROM pg_roles WHERE rolname = :'name'"
DATABASE_FOUND = "SELECT 1 FROM pg_database WHERE datname = :'name'"
ROLE_STATEMENTS = "SET password_encryption = 'scram-sha-256'; ALTER ROLE {} LOGIN PASSWORD '%s';"
LETS_IN = "SELECT 1 FROM pg_database WHERE datname = :'name' AND datallowconn AND datconnlimit < 0"
OPEN = "ALTER DATABASE {} ALLOW_CONNECTIONS true CONNECTION LIMIT -1"
FULL = "too many\\|connection slots"
"""What PostgreSQL answers when all its connections are taken."""
SESSIONS_OF_OTHERS = (
    "SELECT FROM pg_roles JOIN pg_stat_activity ON usename = rolname, pg_terminate_backend(pid)"
    " WHERE NOT rolsuper"
)
END_SESSIONS = f'echo "{SESSIONS_OF_OTHERS}" | {PSQL}'
"""The superuser has places of its own; the site connects again at once."""
ALWAYS_THERE = "postgres"
"""A database that every server has; its superuser has the same name."""
START_CLUSTERS = """\
pg_lsclusters --no-header | while read -r version cluster rest; do
    systemctl restart "postgresql@$version-$cluster.service"
done"""
"""Debian's `postgresql.service` is active whatever became of the clusters below it."""
SILENT = {
    layout.DATABASE: {"log_min_messages": "fatal"},
    ALWAYS_THERE: {"log_error_verbosity": "terse", "log_min_error_statement": "panic"},
}
"""Role → what its sessions do not write to the server's log.

An error quotes its statement, whose values are members' data. The site's errors are in its own log, masked;
for those of roles and databases the error itself stays, without statement and row.
"""


def wanted_state() -> list[Operation]:
    """The server runs; the role logs in with the host's secret password (scram) and owns the database."""
    name = layout.DATABASE
    # A restore lets nobody in for a moment, and `fab restart` ends one that was cut off.
    is_open = f"[ -e {layout.EXCHANGE} ] || {asked(LETS_IN)} | grep -q 1"
    return [
        unit("postgresql.service"),
        ensure("PostgreSQL answers", f"echo 'SELECT 1' | {PSQL}", START_CLUSTERS),
        ensure("database role", f"{asked(ROLE_FOUND)} | grep -q 1", f"{AS_POSTGRES} createuser {name}"),
        ensure(
            "connections are left", f"! {{ {logs_in(ALWAYS_THERE)} 2>&1 | grep -q '{FULL}'; }}", END_SESSIONS
        ),
        ensure("database password", logs_in(ALWAYS_THERE), _set_password()),
        ensure("database", f"{asked(DATABASE_FOUND)} | grep -q 1", create_database(name)),
        ensure("database lets the site in", f"{{ {is_open}; }}", f'echo "{OPEN.format(name)}" | {PSQL}'),
        *(_silent(role) for role in SILENT),
    ]


def silencing(role: str) -> str:
    """The statements by which a role's sessions become silent."""
    return " ".join(f"ALTER ROLE {role} SET {name} = {value};" for name, value in SILENT[role].items())


def is_silent(role: str) -> str:
    """The query that answers 1 if they are."""
    settings = ", ".join(f"'{name}={value}'" for name, value in SILENT[role].items())
    return f"SELECT 1 FROM pg_roles WHERE rolname = '{role}' AND rolconfig @> ARRAY[{settings}]"  # noqa: S608  # nosec B608


def _silent(role: str) -> Operation:
    return ensure(
        f"database log without the data of {role}",
        f"{asked(is_silent(role))} | grep -q 1",
        f'echo "{silencing(role)}" | {PSQL}',
    )


def _set_password() -> str:
    statements = ROLE_STATEMENTS.format(layout.DATABASE)
    return f'{password()}\nprintf "{statements}" "$PGPASSWORD" | {PSQL}'
