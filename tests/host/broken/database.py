"""The database is broken, or does not let the site in."""

from __future__ import annotations

from tests.host.broken.broken import BASE, PROVISIONER, Broken, provisioned

PSQL = "runuser -u postgres -- psql -XqAt"
END_SESSIONS = "SELECT FROM pg_stat_activity, pg_terminate_backend(pid) WHERE datname = 'ekklesia'"
CLOSE = f'echo "ALTER DATABASE ekklesia ALLOW_CONNECTIONS false; {END_SESSIONS}" | {PSQL}'
NO_ENTRY = "PostgreSQL does not let the site in"
PASSWORD = r"$(sed -n 's|^DATABASE_URL=postgres://[^:]*:\([^@]*\)@.*|\1|p' /etc/ekklesia/host.env)"
TAKE_ALL = (
    f"systemd-run --quiet --collect --unit=broken-sessions --setenv=PGPASSWORD={PASSWORD} sh -c '"
    "for each in $(seq 110); do"
    ' psql -h 127.0.0.1 -U ekklesia -Xc "SELECT pg_sleep(900)" postgres & done; wait\'; sleep 20'
)
PLACE = "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('django_migrations')"
CORRUPT = (
    f'file=$(echo "{PLACE}" | {PSQL} ekklesia); systemctl stop "postgresql*.service";'
    ' dd if=/dev/urandom of="$file" bs=8192 count=1 conv=notrunc status=none;'
    " systemctl start postgresql; sleep 3"
)
RESTORE = ("restore", "--live", "--yes", "--without-backup")

DATABASE = (
    provisioned("the PostgreSQL cluster was killed", "pkill -9 -o -u postgres; sleep 1",
                NO_ENTRY, "database"),
    provisioned("PostgreSQL is stopped, and no boot starts it", "systemctl disable --now postgresql",
                "postgresql is inactive", "database"),
    provisioned("the password of the site's role was changed",
                f"echo \"ALTER ROLE ekklesia PASSWORD 'other'; {END_SESSIONS}\" | {PSQL}",
                NO_ENTRY, "database"),
    provisioned("the site's role may not log in",
                f'echo "ALTER ROLE ekklesia NOLOGIN; {END_SESSIONS}" | {PSQL}',
                NO_ENTRY, "database"),
    provisioned("the database lets nobody in", CLOSE, NO_ENTRY, "database"),
    provisioned("others have taken all connections of PostgreSQL", TAKE_ALL, NO_ENTRY,
                after="systemctl stop broken-sessions 2>/dev/null; true"),
    Broken("a restore was cut off while the databases were exchanged",
           f"{CLOSE}; echo 1 > {BASE}/exchange", "was interrupted", ("restart",)),
    Broken("a page of a table was overwritten", CORRUPT, "tables: one cannot be read", RESTORE, PROVISIONER),
    Broken("the database was dropped",
           f"systemctl stop gunicorn.service; {CLOSE}; echo 'DROP DATABASE ekklesia' | {PSQL};"
           " systemctl start gunicorn.service", NO_ENTRY, RESTORE, PROVISIONER),
)  # fmt: skip
