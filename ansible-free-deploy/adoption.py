"""Taking over a host whose site was built by hand: that site serves until a release does, and can again.

Its gunicorn has the names that ours needs, so provisioning gives it others (`former-gunicorn`), one instance
answering until the other does. The first deploy copies its register and then leads nginx to the release. The
hand-built site's code and database stay, so that `fab give-back` can let it serve again.
"""

from __future__ import annotations

import database
import layout
from errors import DeployError
from host import Host
from host_operations import Operation, ensure
from lock import guarded
from stack_file import LinodeSettings
from steps import Steps
from templates import render

SERVES = f"{layout.FORMER}/serves"
ENABLED = "/etc/nginx/sites-enabled/ekklesia"
SITE = "/etc/nginx/sites-available/ekklesia"
UNIT = f"/etc/systemd/system/{layout.SERVICE}"
BESIDE_OURS = f"{{ [ ! -e {UNIT} ] || grep -q {layout.BASE}/ {UNIT}; }}"
"""No unit of another site's has the name of ours."""
UNNAMED = "this host serves a site that was built by hand: name its database in the setting former.database"
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
CLOSE = """set -eu
    began=$(echo 'SELECT clock_timestamp()' | {psql})
    echo "ALTER DATABASE {name} SET default_transaction_read_only = {state}" | {psql}
    systemctl try-restart former-gunicorn.service
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
RETIRE = "systemctl disable --quiet --now former-gunicorn.service former-gunicorn.socket 2>/dev/null || true"


def known(settings: LinodeSettings) -> list[Operation]:
    """Before anything else: whatever serves on the host is ours, or is told of in the settings."""
    if settings.former:
        return []
    return [ensure("no site of somebody else's", BESIDE_OURS, f"echo '{UNNAMED}' >&2; exit 1")]


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """A hand-built site has names of its own, and serves."""
    script = render("former-set-aside.sh", settings)
    return [ensure("a hand-built site is set aside", BESIDE_OURS, script)] if settings.former else []


def site_is_enabled(then: str) -> Operation:
    """Nginx serves our site, unless the hand-built one still does."""
    condition = f'[ -e {SERVES} ] || [ "$(readlink {ENABLED})" = {SITE} ]'
    return ensure(ENABLED, f"{{ {condition}; }}", f"ln -sfn {SITE} {ENABLED} && {{ {then}; }}")


def former_serves(host: Host) -> bool:
    """Whether nginx leads to the hand-built site."""
    return host.run(f"test -e {SERVES}", root=True, check=False).status == 0


def copy_register(host: Host, steps: Steps) -> None:
    """Copy the hand-built site's register into ours while that is empty.

    From then on the former one can be read but not written: no edit is lost between the two.
    """
    if not former_serves(host) or _ask(host, layout.DATABASE, TABLES) != "0":
        return
    with steps.step("copy the former register") as outcome:
        name = _former_database(host)
        _close_former(host, closed=True)
        try:
            host.run(guarded(_copy_script(name)), what="copy of the former register", root=True)
        except DeployError:
            _close_former(host, closed=False)
            raise
        outcome.changed(f"from {name}, which can only be read now")


def take_over(host: Host, steps: Steps) -> bool:
    """Lead nginx to our site; whether it led to the hand-built one."""
    if not former_serves(host):
        return False
    with steps.step("take over from the hand-built site") as outcome:
        _run_template(host, "former-take-over.sh")
        outcome.changed()
    return True


def retire(host: Host) -> None:
    """A hand-built gunicorn that serves nobody any more does not run."""
    host.run(RETIRE, root=True)


def give_back(host: Host, steps: Steps) -> bool:
    """Let the hand-built site serve again, on its own register; whether there is one.

    Ours is put away: the next deploy copies the former register anew.
    """
    if host.run(f"test -e {layout.FORMER}/sites", root=True, check=False).status:
        return False
    with steps.step("the hand-built site serves again") as outcome:
        _close_former(host, closed=False)
        _run_template(host, "former-give-back.sh")
        outcome.changed()
    with steps.step("our register is put away") as outcome:
        host.run(guarded(PUT_AWAY), what="putting our register away", root=True)
        outcome.changed(f"as {KEPT}")
    return True


def _run_template(host: Host, name: str) -> None:
    host.run(guarded(f"set -eu\n{render(name, host.stack.linode)}"), what=name, root=True)


def _former_database(host: Host) -> str:
    if not host.stack.linode.former:
        raise DeployError(UNNAMED)
    return host.stack.linode.former.database


def _close_former(host: Host, *, closed: bool) -> None:
    state = "on" if closed else "off"
    script = CLOSE.format(name=_former_database(host), state=state, psql=database.PSQL)
    host.run(guarded(script), what="closing the former register", root=True)


def _ask(host: Host, name: str, query: str) -> str:
    return host.run(f"{database.PSQL} {name}", what="psql", root=True, content=query).stdout.strip()


def _copy_script(name: str) -> str:
    """By a file: of a pipe, a shell would tell the end of the last command alone."""
    restore = "pg_restore --exit-on-error --single-transaction --no-owner --no-privileges"
    return f"""set -eu
        umask 077
        dump=$(mktemp)
        trap 'rm -f "$dump"' EXIT
        {database.AS_POSTGRES} pg_dump --format=custom {name} > "$dump"
        {database.AS_POSTGRES} {restore} --role={layout.DATABASE} --dbname={layout.DATABASE} < "$dump"
    """
