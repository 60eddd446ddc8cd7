"""Dumps of the database on the host: making one, checking it, listing them, restoring one."""

from __future__ import annotations

import re

import database
import layout
from errors import DeployError
from host import Host
from lock import guarded
from service import restart, verify

NAME = re.compile(r"\d{8}T\d{6}Z-[a-z]+\.dump")
SCRATCH = f"{layout.DATABASE}_restored"
FORMER = f"{layout.DATABASE}_before_restore"
EXCHANGE = """\
{psql} <<'SQL'
DROP DATABASE IF EXISTS {former};
-- Gunicorn would be back at once; a database that is to be renamed must have nobody in it.
ALTER DATABASE {live} ALLOW_CONNECTIONS false;
SELECT FROM pg_stat_activity, pg_terminate_backend(pid), pg_sleep(0.5) WHERE datname = '{live}';
BEGIN;
ALTER DATABASE {live} RENAME TO {former};
ALTER DATABASE {restored} RENAME TO {live};
COMMIT;
SQL
status=$?
for name in {live} {former}; do
    echo "ALTER DATABASE $name ALLOW_CONNECTIONS true" | {psql} 2>/dev/null || true
done
exit $status
"""


def back_up(host: Host, reason: str) -> str:
    """Dump the database; the path of the dump."""
    return host.run(guarded(f"{layout.BACKUP_COMMAND} {reason}"), what="backup", root=True).stdout.strip()


def names(host: Host) -> list[str]:
    """All dumps, the oldest first."""
    listed = host.run(["ls", "-1", layout.BACKUPS], what="list of backups", root=True).stdout.split()
    return sorted(filter(NAME.fullmatch, listed))


def choose(available: list[str], wanted: str | None) -> str:
    """The dump of that name, or the newest. Raises DeployError where there is no such."""
    if wanted is None and available:
        return available[-1]
    if wanted not in available:
        raise DeployError(f"no backup {wanted}" if wanted else "there are no backups")
    return wanted


def check(host: Host, name: str) -> None:
    """Refuse a dump whose checksum differs or is missing, or that is cut off."""
    verify_sum = f"cd {layout.BACKUPS} && sha256sum --check --status {name}.sha256"
    whole = f"pg_restore --list {layout.BACKUPS}/{name} > /dev/null"
    if host.run(f"{verify_sum} && {whole}", root=True, check=False).status:
        raise DeployError(f"{name} is damaged: its checksum or its content is not as it was written")


def restore_scratch(host: Host, name: str) -> str:
    """Restore a checked dump into a database of its own beside the live one; its name."""
    host.run(guarded(_restore_script(name, SCRATCH)), what="restore", root=True)
    return SCRATCH


def restore_live(host: Host, name: str) -> None:
    """Put a checked dump in the live database's place: restored beside it whole, then exchanged by name.

    The database that was live stays, as `ekklesia_before_restore`, until the next restore. Meanwhile the site
    answers 503, for about a second.
    """
    restore_scratch(host, name)
    script = EXCHANGE.format(live=layout.DATABASE, restored=SCRATCH, former=FORMER, psql=database.PSQL)
    host.run(guarded(script), what="exchange of databases", root=True)
    restart(host)


def _restore_script(name: str, target: str) -> str:
    restore = f"pg_restore --exit-on-error --single-transaction --no-owner --role={layout.DATABASE}"
    return f"""set -eu
        {database.AS_POSTGRES} dropdb --if-exists {target}
        {database.create_database(target)}
        {database.AS_POSTGRES} {restore} --dbname {target} < {layout.BACKUPS}/{name}"""


def verify_after_restore(host: Host, release: str | None) -> None:
    """The site answers on the restored database."""
    if release:
        verify(host, release)
