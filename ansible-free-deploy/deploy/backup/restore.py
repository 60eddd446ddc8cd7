"""Restoring a backup: into a database beside the live one. `exchange.py` puts that in the live one's place.

The archive is decrypted on the machine of the person who holds the key and sent to the host through the
connection. The key never gets to the host, and decrypted content gets to its disk only as the database.
"""

from __future__ import annotations

from deploy.backup.archive import DATABASE, MEDIA, Archive, Manifest
from deploy.remote import database, layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.lock import guarded
from deploy.remote.manage import TAKE_TOKENS, Database, manage

ROWS = r"""
SELECT format('SELECT %L, count(*) FROM %I.%I', tablename, schemaname, tablename)
FROM pg_tables WHERE schemaname = 'public' \gexec
"""
SHOWN_TABLES = 3


def restore_database(host: Host, archive: Archive, name: str) -> None:
    """Restore the checked archive's database into a new one of that name; one of that name goes first.

    As the site's user: what is in a dump runs while it is restored, and the site chose it.
    """
    restore = "pg_restore --exit-on-error --single-transaction --no-owner"
    script = f"""set -eu
        {database.AS_POSTGRES} dropdb --if-exists {name} < /dev/null
        {database.create_database(name)} < /dev/null
        {database.own_language(name)}
        {database.AS_SITE} {restore} --dbname {name}"""
    with archive.content(DATABASE) as content:
        host.run(guarded(script), what="restore", root=True, content=content)


def restore_media(host: Host, archive: Archive, folder: str) -> None:
    """Unpack the checked archive's uploaded files into a new folder; one of that name goes first.

    As the site's user: in a folder of theirs, they could exchange another one for a link while root unpacks.
    """
    owner = layout.APP_USER
    script = f"""set -eu
        rm -rf {folder}
        install -d -m 750 -o {owner} -g {owner} {folder}
        cd {folder}
        runuser -u {owner} -- tar --extract --no-same-permissions"""
    with archive.content(MEDIA) as content:
        host.run(guarded(script), what="restore of the uploaded files", root=True, content=content)


def compare(host: Host, manifest: Manifest, name: str) -> str:
    """Count the rows of a restored database; what was found, in words.

    Raises DeployError that names the tables whose number of rows differs from the backup's own count.
    """
    found = rows_of(host, name)
    tables = sorted(found.keys() | manifest.rows.keys())
    wrong = [table for table in tables if found.get(table) != manifest.rows.get(table)]
    if wrong:
        listed = [f"{table} {found.get(table)} of {manifest.rows.get(table)}" for table in wrong]
        raise DeployError(
            f"restored, but with other rows than were backed up: {', '.join(listed[:SHOWN_TABLES])}"
        )
    return f"{sum(found.values()):,} rows in {len(found)} tables, as backed up"


def rows_of(host: Host, name: str) -> dict[str, int]:
    """How many rows each table of a database has; `name` may say of which server."""
    answer = host.run(f"{database.PSQL_OF_SITE} {name}", what="count of rows", root=True, content=ROWS).stdout
    pairs = (line.rpartition("|") for line in answer.splitlines() if line)
    return {table: int(count) for table, _, count in pairs}


def bring_up_to_date(host: Host, database: Database) -> list[str]:
    """Migrate a restored database to what the serving release expects; the migrations applied."""
    done = manage(host, ["migrate", "--noinput"], timeouts=True, database=database).stdout
    # The backup may hold functions' tokens that have ended since.
    manage(host, [*TAKE_TOKENS, "--others-end-in=0"], database=database)
    applied = (line.split()[1] for line in done.splitlines() if line.strip().startswith("Applying "))
    return [name.rstrip(".") for name in applied]
