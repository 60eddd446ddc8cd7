"""PostgreSQL, asked as the site and as its superuser."""

import json
import re

from ekklesia_host import programs

PSQL = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]
AS_SUPERUSER = ["runuser", "-u", "postgres", "--", "env", "PGOPTIONS=-csearch_path=pg_catalog"] + PSQL
"""Functions of others that have the name of PostgreSQL's own are not found (CVE-2018-1058)."""
PASSWORD = re.compile(r"^DATABASE_URL=postgres://[^:]*:([^@]*)@", re.MULTILINE)
SIZE = "SELECT pg_database_size(:'name')"
READ_ALL = """DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'SELECT count(*) FROM ' || name;
    END LOOP;
END $$"""
WHOLE_TABLES = (
    "-c statement_timeout=20s -c enable_indexonlyscan=off -c enable_indexscan=off -c enable_bitmapscan=off"
)
"""PostgreSQL's options: a count reads every page of a table, and no answer within this time is no damage."""
TOO_SLOW = "statement timeout"


def database(settings, _request):
    """Print, as JSON, whether the database lets the site in (else why not), and how many bytes it has."""
    reason = _refusal(settings)
    told = {"answers": not reason, "reason": reason, "bytes": 0 if reason else _size(settings)}
    print(json.dumps(told))
    return 0


def damage(settings):
    """Why a table of the site's cannot be read; empty if all can, or if the database does not answer."""
    if _refusal(settings):
        return ""
    told = _asked_as_site(settings, READ_ALL, {"PGOPTIONS": WHOLE_TABLES})
    return "" if TOO_SLOW in told else told


def _refusal(settings):
    """Why the database does not let the site in; empty if it does."""
    return _asked_as_site(settings, "SELECT 1", {})


def _asked_as_site(settings, query, options):
    """What the database complains of if the site asks; empty if it answers."""
    with open(settings.host_environment, encoding="utf-8") as file:
        found = PASSWORD.search(file.read())
    # The password is in the environment of a process of root's, never an argument.
    password = found.group(1) if found else ""
    variables = dict(options, PGPASSWORD=password, PGCONNECT_TIMEOUT="5")
    login = ["--host=127.0.0.1", "--username=" + settings.database, "--no-password", settings.database]
    # Only the end of a complaint is told: lines of context after the error would push the error out.
    psql = ["psql", "--no-psqlrc", "--set=SHOW_CONTEXT=never", "--command=" + query]
    return programs.complaint(psql + login, variables)


def _size(settings):
    words = AS_SUPERUSER + ["--set", "name=" + settings.database]
    return int(programs.output(words, SIZE).strip())
