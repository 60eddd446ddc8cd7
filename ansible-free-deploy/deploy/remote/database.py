"""PostgreSQL on the host: questions to it, and the commands by which others use it."""

from __future__ import annotations

import json

from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.verbs import ask

AS_POSTGRES = "runuser -u postgres --"
AS_SITE = f"runuser -u {layout.APP_USER} --"
"""PostgreSQL knows the site's user by its name (`peer`): the owner of its databases and of all in them."""
_PSQL = "psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1"
PSQL = f"{AS_POSTGRES} env PGOPTIONS=-csearch_path=pg_catalog {_PSQL}"
"""As the superuser: about roles and databases, never about what is in the site's. Functions of others that
have the name of PostgreSQL's own are not found (CVE-2018-1058)."""
PSQL_OF_SITE = f"{AS_SITE} {_PSQL}"
"""As the site: a trigger, view or function in its tables runs with its rights, whoever made it."""


def size_bytes(host: Host) -> int:
    """How large the database is. Raises DeployError if it does not let the site in."""
    told = json.loads(ask(host, "database", what="database").stdout)
    if not told["answers"]:
        reason = told.get("reason") or "see `fab logs` and `fab status`"
        raise DeployError(f"PostgreSQL does not let the site in: {reason}")
    return int(told["bytes"])


def create_database(name: str) -> str:
    """The shell command that makes an empty database of the site's."""
    options = f"--owner {layout.DATABASE} --encoding UTF8 --template template0"
    return f"{AS_POSTGRES} createdb {options} {name}"


def own_language(name: str) -> str:
    """The shell commands that make PL/pgSQL the site's own in a database without anything in it.

    Dumps of PostgreSQL 10 comment on that extension, which only its owner may do.
    """
    return f"""{PSQL} {name} --command 'DROP EXTENSION plpgsql' < /dev/null
        {PSQL_OF_SITE} {name} --command 'CREATE EXTENSION plpgsql' < /dev/null"""


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
