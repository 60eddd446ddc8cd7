"""One state of the database, which both the dump and the count of its rows see.

It is read as the database's owner, the site's user, whom PostgreSQL knows by its name (`peer`). What the site
has put into its database (a view, a function with the name of PostgreSQL's own) may run while it is read, and
so runs with the site's own rights, never with a superuser's (CVE-2018-1058, CVE-2024-7348).
"""

import subprocess
from typing import Dict, List

from ekklesia_backup.errors import BackupError

PSQL = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]
END = "-- end of the answer"
BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();"
COUNTS = r"""
SELECT format('SELECT %L, count(*) FROM %I.%I', tablename, schemaname, tablename)
FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename \gexec
"""


class Snapshot:
    """An exported snapshot; others can use it while its own transaction is open.

    The database, its owner in PostgreSQL and the owner's user on the host have one name.
    """

    def __init__(self, database: str) -> None:
        self._database = database
        self._as_owner = ["runuser", "-u", database, "--"]
        command = [*self._as_owner, *PSQL, database]
        self._psql = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True, bufsize=1
        )

    def __enter__(self) -> "Snapshot":
        self._name = self._ask(BEGIN)[0]
        return self

    def __exit__(self, *_error: object) -> None:
        self._psql.communicate()

    def dump_command(self) -> List[str]:
        """The command that writes this state of the database to its standard output."""
        dump = ["pg_dump", "--format=custom", "--snapshot", self._name, self._database]
        return [*self._as_owner, *dump]

    def rows(self) -> Dict[str, int]:
        """How many rows each table has."""
        pairs = (line.rpartition("|") for line in self._ask(COUNTS))
        return {table: int(count) for table, _, count in pairs}

    def server(self) -> str:
        """The server's version."""
        return self._ask("SHOW server_version;")[0]

    def _ask(self, text: str) -> List[str]:
        """The lines of the answer. psql ends at the first error and prints it on standard error."""
        lines = []
        try:
            self._psql.stdin.write("{}\n\\echo {}\n".format(text, END))
            self._psql.stdin.flush()
        except BrokenPipeError:
            raise BackupError("the database cannot be read")
        for line in self._psql.stdout:
            if line.strip() == END:
                return lines
            lines.append(line.rstrip("\n"))
        raise BackupError("the database cannot be read")
