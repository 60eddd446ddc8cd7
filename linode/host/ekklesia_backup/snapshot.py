"""One state of the database, which both the dump and the count of its rows see."""

import subprocess
from typing import Dict, List

from ekklesia_backup.errors import BackupError

AS_POSTGRES = ["runuser", "-u", "postgres", "--"]
PSQL = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"]
END = "-- end of the answer"
BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();"
COUNTS = r"""
SELECT format('SELECT %L, count(*) FROM %I.%I', tablename, schemaname, tablename)
FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename \gexec
"""


class Snapshot:
    """An exported snapshot; others can use it while its own transaction is open."""

    def __init__(self, database: str) -> None:
        command = [*AS_POSTGRES, *PSQL, database]
        self._database = database
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
        return [*AS_POSTGRES, *dump]

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
