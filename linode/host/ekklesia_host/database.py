"""PostgreSQL, asked as the site and as its superuser."""

import json
import re

from ekklesia_host import programs

PSQL = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]
AS_SUPERUSER = ["runuser", "-u", "postgres", "--", "env", "PGOPTIONS=-csearch_path=pg_catalog"] + PSQL
"""Functions of others that have the name of PostgreSQL's own are not found (CVE-2018-1058)."""
PASSWORD = re.compile(r"^DATABASE_URL=postgres://[^:]*:([^@]*)@", re.MULTILINE)
SIZE = "SELECT pg_database_size(:'name')"


def database(settings, _request):
    """Print, as JSON, whether the database lets the site in (else why not), and how many bytes it has."""
    reason = _refusal(settings)
    told = {"answers": not reason, "reason": reason, "bytes": 0 if reason else _size(settings)}
    print(json.dumps(told))
    return 0


def _refusal(settings):
    """Why the database does not let the site in; empty if it does."""
    with open(settings.host_environment, encoding="utf-8") as file:
        found = PASSWORD.search(file.read())
    # The password is in the environment of a process of root's, never an argument.
    variables = {"PGPASSWORD": found.group(1) if found else "", "PGCONNECT_TIMEOUT": "5"}
    login = ["--host=127.0.0.1", "--username=" + settings.database, "--no-password", settings.database]
    return programs.complaint(["psql", "--no-psqlrc", "--command=SELECT 1"] + login, variables)


def _size(settings):
    words = AS_SUPERUSER + ["--set", "name=" + settings.database]
    return int(programs.output(words, SIZE).strip())
