"""What the database can be recovered from to any moment: pgBackRest's repository, and its copier.

PostgreSQL hands each segment of its write-ahead log over to pgBackRest, half a minute after the first change
in it at the latest. To begin with that it has to be restarted. A server that was there before us, and may
serve others, is not: it begins when somebody restarts it. One that hands its log over elsewhere stays so.
"""

from __future__ import annotations

import shlex

from deploy.provision.operations import Operation, directory, ensure, file, unit
from deploy.remote import layout
from deploy.remote.database import AS_POSTGRES, PSQL
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.templates import render

UNITS = "/etc/systemd/system"
OWNER = "postgres"
ARCHIVE_SECONDS = 30
COMMAND = f"pgbackrest --stanza={layout.STANZA} --pg1-path=$PWD archive-push %p"
"""PostgreSQL runs it in its own folder."""
OURS = f"""current_setting('archive_command') = '{COMMAND}'
    AND current_setting('archive_timeout') = '{ARCHIVE_SECONDS}s'"""
ANOTHERS = (
    "current_setting('archive_command') NOT LIKE 'pgbackrest %' AND current_setting('archive_command') <> ''"
)
IS_ON = f"SELECT 1 WHERE current_setting('archive_mode') = 'on' AND ({OURS} OR {ANOTHERS})"  # nosec B608
WILL_BE = "SELECT 1 FROM pg_settings WHERE name = 'archive_mode' AND pending_restart"
HANDS_OVER = f"""SELECT 'ALTER SYSTEM SET wal_level = replica'
WHERE current_setting('wal_level') = 'minimal' \\gexec
ALTER SYSTEM SET archive_mode = on;
ALTER SYSTEM SET archive_command = '{COMMAND}';
ALTER SYSTEM SET archive_timeout = '{ARCHIVE_SECONDS}s';
SELECT FROM pg_reload_conf();"""  # noqa: S608  # nosec B608
SET = f"""{PSQL} <<'SQL'
{HANDS_OVER}
SQL"""
IS_OFF = f"[ \"$(echo 'SHOW archive_mode' | {PSQL})\" = off ]"
RESTART = f"""if {IS_OFF}; then
    systemctl restart postgresql.service
    timeout 60 sh -c "until echo 'SELECT 1' | {PSQL} > /dev/null 2>&1; do sleep 0.2; done"
fi"""
"""Only a start of the server begins with it."""
FOLDER = f"$(echo 'SHOW data_directory' | {PSQL})"
PGBACKREST = f'{AS_POSTGRES} pgbackrest --stanza={layout.STANZA} --pg1-path="{FOLDER}"'
CLUSTER = f"$(echo 'SELECT system_identifier FROM pg_control_system()' | {PSQL})"  # noqa: S608  # nosec B608
CATALOGUE = f"{layout.REPOSITORY}/archive/{layout.STANZA}/archive.info"
IS_OF_THIS_CLUSTER = f'grep -qsx "db-system-id={CLUSTER}" {CATALOGUE}'
MAKE_STANZA = f"""if [ -e {CATALOGUE} ]; then {PGBACKREST} stanza-upgrade
else {PGBACKREST} stanza-create; fi"""
STATE = f"systemctl show --property=ActiveState --value {layout.BASE_BACKUP_SERVICE}"
MANIFESTS = f"{layout.REPOSITORY}/backup/{layout.STANZA}/*/backup.manifest"
IS_BACKED_UP = f'{{ ls {MANIFESTS} || [ "$({STATE})" = activating ] || {IS_OFF}; }}'
SAME_COPIER = f"systemctl try-restart {layout.REPOSITORY_COPY_SERVICE} 2> /dev/null || true"
"""Has a copier that runs read its program and settings again."""


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """The repository, the server that fills it, base backups four times a day, and the copier."""
    reload = "systemctl daemon-reload"
    timer = layout.BASE_BACKUP_SERVICE.replace(".service", ".timer")
    units = (layout.BASE_BACKUP_SERVICE, timer, layout.REPOSITORY_COPY_SERVICE)
    return [
        directory(layout.REPOSITORY, mode="750", owner=OWNER, group=OWNER),
        file(layout.REPOSITORY_SETTINGS, render("pgbackrest.conf", settings), mode="640", group=OWNER),
        ensure("repository of this database", IS_OF_THIS_CLUSTER, MAKE_STANZA),
        _handing_over(settings),
        *(
            file(
                f"{UNITS}/{name}", render(name.removeprefix("ekklesia-"), settings), then=_then(name, reload)
            )
            for name in units
        ),
        unit(timer),
        unit(layout.REPOSITORY_COPY_SERVICE),
        ensure("first base backup", IS_BACKED_UP, f"systemctl start --no-block {layout.BASE_BACKUP_SERVICE}"),
    ]


def _handing_over(settings: LinodeSettings) -> Operation:
    waits = settings.postgresql == "existing"
    holds = f'[ -n "$(echo {shlex.quote(f"{IS_ON} UNION {WILL_BE}" if waits else IS_ON)} | {PSQL})" ]'
    return ensure("PostgreSQL hands its log over", holds, SET if waits else f"{SET}\n{RESTART}")


def _then(name: str, reload: str) -> str:
    return f"{reload}; {SAME_COPIER}" if name == layout.REPOSITORY_COPY_SERVICE else reload
