"""Recovers the database to a moment, by a second PostgreSQL server on the host that nobody else sees.

pgBackRest brings a base backup back, and the write-ahead log up to the moment: from the repository that the
host keeps, or from one that is laid out from the copies. Out of that server the site's database is taken over
into a database of the live one, as a dump is. So what comes after it is the same as after any restore, and
the live server's own files stay as they are.
"""

from __future__ import annotations

import io
import os
import shlex
import tarfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from deploy.backup.archive import Manifest
from deploy.backup.restore import rows_of
from deploy.remote import database, layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.lock import guarded

WORK, SOCKET = layout.RECOVERY, layout.RECOVERY_SOCKET
LAID_OUT = f"{WORK}/repository"
SECONDS = 850
"""So long a recovery may take."""
OUT_OF_LOG = 3
"""The exit status that says that the log ends before the moment."""
LATEST = "latest"
FIRST_YEAR = 2020
"""No backup is older."""
PROGRAMS = f"""$(dirname "$(readlink "/proc/$(head -1 "$(echo 'SHOW data_directory' | {database.PSQL})\
/postmaster.pid")/exe")")"""
"""The folder of the live server's own programs."""
SERVER = {
    "config_file": f"{WORK}/postgresql.conf",
    "hba_file": f"{WORK}/pg_hba.conf",
    "listen_addresses": "''",
    "unix_socket_directories": SOCKET,
    "archive_mode": "off",
    "autovacuum": "off",
    "hot_standby": "off",
    "fsync": "off",
    "shared_buffers": "64MB",
}
"""On its command line, which counts for more than what was recovered."""
OPTIONS = " ".join(f"-c {name}={value}" for name, value in SERVER.items())
CLEAR = f"""set -eu
number=$(head -1 {WORK}/data/postmaster.pid 2> /dev/null || true)
if [ -n "$number" ] && [ "$(readlink "/proc/$number/cwd")" = "$(readlink -f {WORK}/data)" ]; then
    {database.AS_POSTGRES} {PROGRAMS}/pg_ctl stop --pgdata {WORK}/data --mode immediate > /dev/null
fi
rm -rf {WORK} {SOCKET}"""
"""After a reboot or a crash no server has that number any more, or another process has it."""
CONFIGURE = "umask 077; echo local all all peer > pg_hba.conf; : > postgresql.conf"
OWN_SETTINGS = "/^(restore_command|recovery_target[a-z_]*) = /p"
"""Of what was recovered, only what pgBackRest has added: other settings could name programs to run."""
RECOVER = f"""set -eu
work={WORK}
rm -rf $work/data $work/log
for folder in $work $work/data; do install -d -m 700 -o postgres -g postgres $folder; done
install -d -m 750 -o postgres -g {layout.APP_USER} {SOCKET}
cd $work
{database.AS_POSTGRES} sh -c '{CONFIGURE}'
{database.AS_POSTGRES} pgbackrest --stanza={layout.STANZA} --pg1-path=$work/data \
    --lock-path=$work/lock {{options}} restore
{database.AS_POSTGRES} sed -i -n -E '{OWN_SETTINGS}' $work/data/postgresql.auto.conf
programs={PROGRAMS}
{database.AS_POSTGRES} $programs/pg_ctl start --pgdata $work/data --log $work/log -o "{OPTIONS}" \
    < /dev/null > /dev/null || true
left=$(({SECONDS} * 5))
until [ "$(echo 'SELECT pg_is_in_recovery()' | {database.PSQL} --host {SOCKET} 2> /dev/null)" = f ]; do
    left=$((left - 1))
    if [ $left = 0 ] || ! {database.AS_POSTGRES} $programs/pg_ctl status --pgdata $work/data > /dev/null; then
        grep -q 'recovery ended before configured recovery target' $work/log && exit {OUT_OF_LOG}
        tail -3 $work/log >&2
        exit 1
    fi
    sleep 0.2
done"""
"""It lets nobody in before it has come as far as it can."""
TAKE_OVER = f"""set -eu
{database.AS_POSTGRES} dropdb --if-exists {{name}}
{database.create_database("{name}")}
{database.own_language("{name}")}
cut_off={WORK}/cut-off
dump="pg_dump --host {SOCKET} --format custom {layout.DATABASE}"
restore="pg_restore --exit-on-error --single-transaction --no-owner --dbname {{name}}"
{{{{ {database.AS_SITE} $dump || touch $cut_off; }}}} | {database.AS_SITE} $restore
[ ! -e $cut_off ]"""
LAST_CHANGE = "SELECT to_char(pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
COMPLETE_LOG = f"""set -eu
question='SELECT FROM txid_current(); SELECT pg_walfile_name(pg_switch_wal())'
segment=$(echo "$question" | {database.PSQL} | tail -1)
files={layout.REPOSITORY}/archive/{layout.STANZA}/*/*/$segment-*
timeout 60 sh -c "until ls $files > /dev/null 2>&1; do sleep 0.2; done"
"""  # nosec B608
"""A change of nobody's data after the moment, handed over: by it a recovery knows that it came far enough."""


@dataclass(frozen=True)
class Repository:
    """Where pgBackRest reads: its folder on the host, and the base backup, if it is not to choose one."""

    folder: str = layout.REPOSITORY
    label: str = ""


def parse_moment(text: str) -> datetime | None:
    """A moment as people write it, in UTC unless it says otherwise; None for `latest`. Raises DeployError."""
    if text == LATEST:
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DeployError(f"{text!r} is no moment: say '2026-11-30 14:03:00' (UTC), or `{LATEST}`") from error
    if moment.year < FIRST_YEAR:
        raise DeployError(f"{text!r} is before any backup")
    if moment > datetime.now(UTC):
        raise DeployError(f"{moment:%Y-%m-%d %H:%M:%S} UTC has not come yet")
    return moment


@contextmanager
def cleared(host: Host) -> Iterator[None]:
    """Whatever happens, nothing stays of the second server; nor of one whose client died."""
    host.run(guarded(CLEAR), what="removal of an earlier recovery", root=True)
    try:
        yield
    finally:
        host.run(guarded(CLEAR), what="removal of the second server", root=True)


def complete_log(host: Host) -> None:
    """Have the log handed over up to now."""
    host.run(guarded(COMPLETE_LOG), what="handing the log over", root=True)


def lay_out(host: Host, files: Iterable[tuple[str, bytes]]) -> int:
    """Lay a repository out on the host from its files' paths and contents; how many bytes."""
    script = f"""set -eu
        install -d -m 700 -o postgres -g postgres {WORK} {LAID_OUT}
        {database.AS_POSTGRES} tar --extract --directory {LAID_OUT} --no-same-permissions"""
    with _as_tar(files) as (content, sizes):
        host.run(guarded(script), what="laying the repository out", root=True, content=content)
    return sum(sizes)


def recover(host: Host, repository: Repository, moment: datetime | None) -> str:
    """Start the second server, and recover in it up to the moment or the end of the log; how far, in words.

    A log that ends before the moment is no error: all that is known of the time before it is there.
    """
    reached = moment is not None and _started(host, repository, moment)
    if not reached:
        _started(host, repository, None)
    question = f"echo {shlex.quote(LAST_CHANGE)} | {database.PSQL} --host {SOCKET}"
    last = host.run(question, what="how far it came", root=True).stdout.strip()
    ends = "" if reached or moment is None else ", where the log ends before that moment"
    return f"the last change in it is of {last or 'before the base backup'} UTC{ends}"


def take_over(host: Host, name: str) -> Manifest:
    """Take the site's database over from the second server into a new one; what the recovered one holds."""
    rows = rows_of(host, f"--host {SOCKET} {layout.DATABASE}")
    host.run(guarded(TAKE_OVER.format(name=name)), what="taking the database over", root=True)
    return Manifest(version=1, made="", reason="", release="", server="", rows=rows, members={})


def _started(host: Host, repository: Repository, moment: datetime | None) -> bool:
    """Whether the log led as far as the moment. Raises RemoteError if the server does not come up."""
    options = [f"--repo1-path={repository.folder}"]
    options += [f"--set={repository.label}"] if repository.label else []
    if moment:
        target = f"{moment:%Y-%m-%d %H:%M:%S.%f}+00"
        options += ["--type=time", f"--target={target}", "--target-action=promote"]
    script = RECOVER.format(options=shlex.join(options))
    done = host.run(guarded(script), what="recovery", root=True, check=False)
    return done.status != OUT_OF_LOG and done.judged("recovery").status == 0


@contextmanager
def _as_tar(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[IO[bytes], list[int]]]:
    """A tar of the files, made while it is read, and the sizes of what went into it."""
    reading, writing = os.pipe()
    failures: list[Exception] = []
    sizes: list[int] = []
    writer = threading.Thread(target=_fill, args=(files, writing, failures, sizes), daemon=True)
    writer.start()
    content = open(reading, "rb")  # noqa: SIM115 (closed below, before the writer is waited for)
    try:
        yield content, sizes
    finally:
        content.close()
        writer.join()
        if failures:
            raise failures[0]


def _fill(
    files: Iterable[tuple[str, bytes]], writing: int, failures: list[Exception], sizes: list[int]
) -> None:
    """A failure ends the tar, and with it the command that reads it."""
    try:
        with (
            suppress(BrokenPipeError),
            open(writing, "wb") as pipe,
            tarfile.open(fileobj=pipe, mode="w|", format=tarfile.GNU_FORMAT) as tar,
        ):
            for path, content in files:
                entry = tarfile.TarInfo(path)
                entry.size, entry.mode = len(content), 0o600
                tar.addfile(entry, io.BytesIO(content))
                sizes.append(len(content))
    except Exception as error:
        failures.append(error)
