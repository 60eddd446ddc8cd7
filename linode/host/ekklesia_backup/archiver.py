"""Whether PostgreSQL hands its write-ahead log over as it should. It is asked as the site, who sees that."""

import subprocess

from ekklesia_backup.snapshot import PSQL

QUERY = """SELECT CASE
    WHEN pg_catalog.current_setting('archive_mode') <> 'on'
    THEN 'PostgreSQL hands nothing over until its next start'
    WHEN last_failed_time > coalesce(last_archived_time, '-infinity')
    THEN 'PostgreSQL could not hand over ' || last_failed_wal || ' (`fab logs --unit=postgresql@'
        || pg_catalog.replace(pg_catalog.current_setting('cluster_name'), '/', '-') || '`)'
    ELSE '' END
FROM pg_catalog.pg_stat_archiver"""


def complaint(database: str) -> str:
    """What is wrong with it; empty if nothing is, or if the database does not answer, which others tell."""
    command = ["runuser", "-u", database, "--", *PSQL, "--command", QUERY, database]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        universal_newlines=True,
        check=False,
    )
    return done.stdout.strip()
