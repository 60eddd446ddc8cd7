"""What is secret on the host, made anew there: it never leaves the host, and no command line shows it."""

from __future__ import annotations

from deploy.provision.secrets import new_key
from deploy.remote import layout
from deploy.remote.database import PSQL, PSQL_OF_SITE
from deploy.remote.host import Host
from deploy.remote.service import restart


def renew_environment(host: Host) -> None:
    """A new secret key of Django's and a new password of the database, and the site restarted with both.

    Open connections to the database go on. A request that needs a new one in the moment before the restart
    gets a 503, which a function repeats. If the run is cut off in that moment, another one mends it.
    """
    host.run(_environment_script(), what="secret key and database password", root=True)
    restart(host)


def renew_keys(host: Host) -> None:
    """New keys by which Google knows the host; until Google has their public halves, nudges and copies wait.

    A nudge that fails is made up for by the sweep, a copy by the next hour's.
    """
    script = "\n".join(
        [
            "set -eu",
            new_key(layout.NUDGE_KEY, group=layout.APP_USER, mode="640"),
            new_key(layout.BACKUP_KEY, group="root", mode="600"),
        ]
    )
    host.run(script, what="keys for nudges and backups", root=True)
    restart(host)


def end_staff_sessions(host: Host) -> str:
    """Log everyone out of Django; how many sessions there were, in words."""
    query = "WITH gone AS (DELETE FROM django_session RETURNING 1) SELECT count(*) FROM gone;"
    told = host.run(f"{PSQL_OF_SITE} {layout.DATABASE}", what="sessions", root=True, content=query)
    return f"{told.stdout.strip()} sessions"


def _environment_script() -> str:
    """Only the shell's own `printf` sees the values: the arguments of a program can be seen."""
    return f"""set -eu
    umask 077
    path={layout.HOST_ENVIRONMENT}
    key=$(openssl rand -hex 32)
    password=$(openssl rand -hex 24)
    while IFS= read -r line; do
        case $line in
            DJANGO_SECRET_KEY=*) printf 'DJANGO_SECRET_KEY=%s\\n' "$key" ;;
            DATABASE_URL=*)
                printf 'DATABASE_URL=postgres://{layout.DATABASE}:%s@%s\\n' "$password" "${{line#*@}}" ;;
            *) printf '%s\\n' "$line" ;;
        esac
    done < $path > $path.new
    printf "SET password_encryption = 'scram-sha-256'; ALTER ROLE {layout.DATABASE} PASSWORD '%s';" \\
        "$password" | {PSQL}
    mv $path.new $path"""
