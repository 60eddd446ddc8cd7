"""A throw-away PostgreSQL: a cluster in a folder of its own, on a free port, removed when it is stopped.

Uses the newest `initdb`/`pg_ctl` of Debian's packages (or of PATH). PostgreSQL refuses to run as root, so
root starts it as the unprivileged user `postgres`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER = "ekklesia"
UNPRIVILEGED_USER = "postgres"
START_SECONDS = 60


class PostgresMissingError(Exception):
    """No PostgreSQL server is installed: `apt install postgresql-15`, or put `initdb` on PATH."""

    def __str__(self) -> str:
        return self.__doc__ or ""


@dataclass(frozen=True)
class Postgres:
    """A running cluster: its folder, its port, and where its programs are."""

    programs: Path
    folder: Path
    port: int

    @classmethod
    def start(cls, programs: Path | None = None) -> Postgres:
        """Create and start a cluster, of the newest release here or of these programs.

        Raises PostgresMissingError, or CalledProcessError (see `setup.log`).
        """
        folder = Path(tempfile.mkdtemp(prefix="ekklesia-postgres-"))
        if os.geteuid() == 0:
            owner = pwd.getpwnam(UNPRIVILEGED_USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        server = cls(programs or find_programs(), folder, free_port())
        server._run("initdb", "--no-sync", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        server.resume()
        return server

    def resume(self) -> None:
        """Start the server of an existing cluster and wait until it takes connections."""
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder}"
        options += " -c fsync=off -c full_page_writes=off -c max_connections=60"
        # Each test's rollback leaves dead rows; if they stay for a minute, later tests read through them.
        options += " -c autovacuum_naptime=2"
        self._run(
            "pg_ctl", "-w", "-t", str(START_SECONDS), "-l", str(self.folder / "log"), "-o", options, "start"
        )

    def halt(self) -> None:
        """Stop the server as a crash would; open connections are cut, the data stays."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        """The address of one database, as Django's DATABASE_URL takes it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """Create an empty database and return its URL."""
        self.query("postgres", f'CREATE DATABASE "{name}"')
        return self.url(name)

    def query(self, database: str, statement: str) -> str:
        """Run one SQL statement through psql; the rows come back one a line, `|` between columns."""
        command = [str(find_programs() / "psql"), "-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", statement]
        answer = subprocess.run([*command, self.url(database)], check=True, capture_output=True, text=True)
        return answer.stdout.strip()

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "-D", str(self.folder / "data"), *arguments]
        if os.geteuid() == 0:
            user = f"--reuid={UNPRIVILEGED_USER}"
            command = ["setpriv", user, f"--regid={UNPRIVILEGED_USER}", "--init-groups", *command]
        # pg_ctl's child keeps these streams: a pipe would never close.
        with (self.folder / "setup.log").open("ab") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/")


def find_programs() -> Path:
    """The folder of `initdb` and `pg_ctl`: Debian keeps each version's outside PATH."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    on_path = shutil.which("initdb")
    if installed:
        return installed[-1].parent
    if on_path:
        return Path(on_path).resolve().parent
    raise PostgresMissingError


def free_port() -> int:
    """A TCP port of 127.0.0.1 on which nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_postgres(programs: Path | None = None) -> Iterator[Postgres]:
    """A PostgreSQL for the length of a `with` block: the newest here, or that of these programs."""
    server = Postgres.start(programs)
    try:
        yield server
    finally:
        server.stop()
