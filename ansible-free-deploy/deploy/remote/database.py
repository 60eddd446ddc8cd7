"""PostgreSQL on the host: questions to it, and the commands by which others use it."""

from __future__ import annotations

from deploy.remote import layout
from deploy.remote.host import Host

AS_POSTGRES = "runuser -u postgres --"
PSQL = f"{AS_POSTGRES} psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1"
SIZE = "SELECT pg_database_size(:'name')"


def answers(host: Host) -> bool:
    """Whether the database lets the site in."""
    return host.run(logs_in(layout.DATABASE), root=True, check=False).status == 0


def size_bytes(host: Host) -> int:
    """How large the database is."""
    return int(host.run(asked(SIZE), what="database size", root=True).stdout.strip())


def create_database(name: str) -> str:
    """The shell command that makes an empty database of the site's."""
    options = f"--owner {layout.DATABASE} --encoding UTF8 --template template0"
    return f"{AS_POSTGRES} createdb {options} {name}"


def asked(query: str) -> str:
    """The shell command that asks a query about the site's name."""
    return f'echo "{query}" | {PSQL} --set name={layout.DATABASE}'


def logs_in(database: str) -> str:
    """The shell command that succeeds if the site's role can log in to a database."""
    variables = f"{password()} PGCONNECT_TIMEOUT=5; export PGPASSWORD PGCONNECT_TIMEOUT"
    connect = f"psql --no-psqlrc --host 127.0.0.1 --username {layout.DATABASE} --no-password {database}"
    return f"( {variables}; {connect} --command 'SELECT 1' )"


def password() -> str:
    """A shell assignment: the password out of the host's secrets, never an argument of a process."""
    pattern = r"s|^DATABASE_URL=postgres://[^:]*:\([^@]*\)@.*|\1|p"
    return f"PGPASSWORD=$(sed -n '{pattern}' {layout.HOST_ENVIRONMENT})"
