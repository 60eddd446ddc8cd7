"""Taking over from the previous site, and giving back to it.

The first deploy copies the previous site's register and then leads nginx to the release. The previous site's
code and database stay, so that `fab give-back` can let it serve again.
"""

from __future__ import annotations

from deploy.remote import database, layout, previous_site
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.lock import guarded
from deploy.remote.steps import Steps
from deploy.remote.templates import render

TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
SET_READ_ONLY = """set -eu
    began=$(echo 'SELECT clock_timestamp()' | {psql})
    echo "ALTER DATABASE {name} SET default_transaction_read_only = {state}" | {psql}
    systemctl try-restart {service}
    old="datname = '{name}' AND backend_start < '$began'"
    echo "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE $old" | {psql} > /dev/null
"""
"""A connection keeps what it began with: gunicorn's are made anew with its workers, others are ended."""
KEPT = f"{layout.DATABASE}_given_back"
PUT_AWAY = f"""set -eu
    systemctl stop {layout.SERVICE}
    rm -f {layout.CURRENT}
    {database.AS_POSTGRES} dropdb --if-exists {KEPT}
    echo "ALTER DATABASE {layout.DATABASE} RENAME TO {KEPT}" | {database.PSQL}
    {database.create_database(layout.DATABASE)}
"""
RETIRE = (
    f"systemctl disable --quiet --now {layout.PREVIOUS_SERVICE} {layout.PREVIOUS_SOCKET} 2>/dev/null || true"
)


def copy_register(host: Host, steps: Steps) -> None:
    """Copy the previous site's register into ours while that is empty.

    From then on the previous one can be read but not written, so no edit is lost between the two.
    """
    if not previous_site.serves(host) or _ask(host, layout.DATABASE, TABLES) != "0":
        return
    with steps.step("copy the previous register") as outcome:
        name = previous_site.database_name(host)
        _set_read_only(host, on=True)
        try:
            host.run(guarded(_copy_script(name)), what="copy of the previous register", root=True)
        except DeployError:
            _set_read_only(host, on=False)
            raise
        outcome.changed(f"from {name}, which can only be read now")


def take_over(host: Host, steps: Steps) -> bool:
    """Lead nginx to our site; whether it led to the previous one."""
    if not previous_site.serves(host):
        return False
    with steps.step("take over from the previous site") as outcome:
        _run_template(host, "previous-site-take-over.sh")
        outcome.changed()
    return True


def retire(host: Host) -> None:
    """Stop the previous site's gunicorn, which serves nobody any more."""
    host.run(RETIRE, root=True)


def give_back(host: Host, steps: Steps) -> bool:
    """Let the previous site serve again, on its own register; whether there is one.

    Ours is put away: the next deploy copies the previous register anew.
    """
    if not previous_site.is_set_aside(host):
        return False
    with steps.step("the previous site serves again") as outcome:
        _set_read_only(host, on=False)
        _run_template(host, "previous-site-give-back.sh")
        outcome.changed()
    with steps.step("our register is put away") as outcome:
        host.run(guarded(PUT_AWAY), what="putting our register away", root=True)
        outcome.changed(f"as {KEPT}")
    return True


def _run_template(host: Host, name: str) -> None:
    host.run(guarded(f"set -eu\n{render(name, host.stack.linode)}"), what=name, root=True)


def _set_read_only(host: Host, *, on: bool) -> None:
    """Let the previous register be read only, or be written again."""
    name, state = previous_site.database_name(host), "on" if on else "off"
    script = SET_READ_ONLY.format(name=name, state=state, psql=database.PSQL, service=layout.PREVIOUS_SERVICE)
    host.run(guarded(script), what="closing the previous register", root=True)


def _ask(host: Host, name: str, query: str) -> str:
    return host.run(f"{database.PSQL} {name}", what="psql", root=True, content=query).stdout.strip()


def _copy_script(name: str) -> str:
    """By a file: a shell would see only the last command of a pipe fail."""
    restore = "pg_restore --exit-on-error --single-transaction --no-owner --no-privileges"
    return f"""set -eu
        umask 077
        dump=$(mktemp)
        trap 'rm -f "$dump"' EXIT
        {database.AS_POSTGRES} pg_dump --format=custom {name} > "$dump"
        {database.AS_POSTGRES} {restore} --role={layout.DATABASE} --dbname={layout.DATABASE} < "$dump"
    """
