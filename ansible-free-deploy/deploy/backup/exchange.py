"""The exchange of the live database and files for restored ones: announced before it, finished after it.

What was announced says which database is to be the live one, by PostgreSQL's own number of it. If the
exchange was interrupted, the host's program (`linode/host/ekklesia_host/exchange.py`) looks which one is, and
finishes the exchange or lets the database that was live in again. A restore, a deploy, a rollback and a
restart ask it first. The same program finishes an exchange that was not interrupted.
"""

from __future__ import annotations

from deploy.remote import database, layout
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Host
from deploy.remote.lock import guarded
from deploy.remote.manage import Database
from deploy.remote.service import restart
from deploy.remote.steps import Steps
from deploy.remote.verbs import ask

RESTORED: Database = "restored"
SCRATCH = f"{layout.DATABASE}_{RESTORED}"
LIVE_BEFORE = f"{layout.DATABASE}_before_restore"
SCRATCH_MEDIA = layout.MEDIA_RESTORED
MEDIA_BEFORE = layout.MEDIA_BEFORE_RESTORE
DONE = "exchanged"
EXCHANGE = """\
set -eu
number=$(echo "SELECT oid FROM pg_database WHERE datname = '{restored}'" | {psql})
[ -n "$number" ] || {{ echo 'there is no restored database' >&2; exit 1; }}
echo "$number" > {announced}.new
sync {announced}.new
mv {announced}.new {announced}
{psql} <<'SQL'
DROP DATABASE IF EXISTS {before};
-- Gunicorn would connect again at once, and a database with a connection cannot be renamed.
SELECT format('ALTER DATABASE %I ALLOW_CONNECTIONS false', datname)
FROM pg_database WHERE datname = '{live}' \\gexec
SELECT FROM pg_stat_activity, pg_terminate_backend(pid), pg_sleep(0.5) WHERE datname = '{live}';
BEGIN;
-- A database that was lost cannot be renamed, and need not be.
SELECT format('ALTER DATABASE %I RENAME TO %I', datname, '{before}')
FROM pg_database WHERE datname = '{live}' \\gexec
ALTER DATABASE {restored} RENAME TO {live};
COMMIT;
SQL
"""


def exchange(host: Host) -> None:
    """Put what was restored beside the live database and files in their place.

    What was live stays, under other names, until the next restore. Meanwhile the site answers 503, for about
    a second. Raises DeployError if what was restored is not the live one afterwards.
    """
    # A host whose program does not know how to finish it says so before anything is done.
    _finish(host)
    names = {"live": layout.DATABASE, "restored": SCRATCH, "before": LIVE_BEFORE}
    script = EXCHANGE.format(**names, psql=database.PSQL, announced=layout.EXCHANGE)
    try:
        host.run(guarded(script), what="exchange of databases", root=True)
    except RemoteError:
        _finish(host)
        raise
    if (told := _finish(host)) != DONE:
        raise DeployError(
            f"the database that was restored is not the live one: {told or 'nothing announced'}"
        )
    restart(host)


def finish_interrupted(host: Host, steps: Steps) -> None:
    """Finish the exchange that an interrupted restore left, or take it back. A failure is a warning."""
    if host.run(f"test -e {layout.EXCHANGE}", check=False).status:
        return
    with steps.step("finish an interrupted restore") as outcome:
        try:
            outcome.changed(_finish(host))
            restart(host)
        except RemoteError as error:
            outcome.warn(f"not yet: {error.message}")


def _finish(host: Host) -> str:
    """Have the host look which database is live, and do what is left; what became of it, in its words."""
    return ask(host, "finish-exchange", what="end of the exchange", guard=True).stdout.strip()
