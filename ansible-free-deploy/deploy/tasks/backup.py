"""`fab backup`, and `fab backup.list`, `.copy`, `.fetch` and `.drill`."""

from __future__ import annotations

from pathlib import Path

from fabric import task
from invoke.context import Context

from deploy.backup import backups, offline_key
from deploy.backup import drill as drills
from deploy.backup.opened import opened
from deploy.remote.errors import DeployError
from deploy.remote.lock import deploy_lock
from deploy.remote.login import connected
from deploy.status import tables
from deploy.tasks.context import JSON_HELP, begin, provisions, role_of


@task(default=True, help=JSON_HELP)
def make(context: Context, json: bool = False) -> None:
    """Back the database and the uploaded files up, encrypted, and copy that off the host."""
    stack, steps = begin(context, as_json=json)
    with connected(stack) as host:
        with steps.step("backup") as outcome:
            outcome.changed(backups.back_up(host, "manual"))
        with steps.step("copy off the host") as outcome:
            outcome.changed(backups.copy_off(host))


@task(name="list", help=JSON_HELP)
def list_backups(context: Context, json: bool = False) -> None:
    """List the backups on the host, and whether each has a copy elsewhere."""
    stack, _ = begin(context)
    with connected(stack) as host:
        found = backups.listed(host)
    print(backups.as_json(found)) if json else tables.show_backups(found)


@task(help=JSON_HELP)
def copy(context: Context, json: bool = False) -> None:
    """Copy off the host what could not be copied before."""
    stack, steps = begin(context, as_json=json)
    with connected(stack) as host, steps.step("copy off the host") as outcome:
        outcome.changed(backups.copy_off(host))


@task(help={"name": "which backup (default: the newest)", "to": "the folder (default: this one)"})
def fetch(context: Context, name: str | None = None, to: str = ".") -> None:
    """Bring a backup, encrypted as it is, to this machine."""
    stack, steps = begin(context)
    folder = Path(to).expanduser()
    if not folder.is_dir():
        raise DeployError(f"{folder} is no folder")
    with connected(stack) as host, steps.step("fetch") as outcome:
        chosen = backups.listed(host).choose(name).name
        outcome.changed(str(backups.fetch(host, chosen, folder)))


@task(
    help={
        "name": "which backup (default: the newest)",
        "identity": "the file with the offline key",
        **JSON_HELP,
    }
)
@provisions
def drill(context: Context, name: str | None = None, identity: str | None = None, json: bool = False) -> None:
    """Restore a backup beside the live database, boot the app on it, compare; then the copies of the log."""
    stack, steps = begin(context, as_json=json)
    identities = offline_key.load(stack, identity)
    with connected(stack, role_of(drill)) as host, deploy_lock(host, "drill"):
        found = backups.listed(host)
        chosen = found.choose(name).name
        try:
            with opened(host, chosen, identities, steps) as (archive, manifest):
                seen = drills.rehearse(host, archive, manifest, steps)
            if found.is_recoverable:
                seen += f"; {drills.rehearse_recovery(host, identities, steps)}"
        except DeployError as error:
            drills.record(host, chosen, error.message)
            raise
        drills.record(host, chosen)
    steps.finish(f"{chosen}: {seen}")
