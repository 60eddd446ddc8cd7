"""What a deploy would do, step by step, as the host is now."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.release import folders, migrations
from deploy.release.archive import Archive
from deploy.release.environment import is_as_wanted, link_what_there_is
from deploy.release.linter import read_argued
from deploy.release.name import tree_hash_of
from deploy.remote import layout
from deploy.remote.host import Host
from deploy.remote.steps import Steps

MIGRATION_STEPS = ("migrate", "migrate after the switch")


def serves_already(host: Host, serving: str, archive: Archive) -> bool:
    """Whether the same content serves already, on the right Python and libraries."""
    return tree_hash_of(serving) == archive.tree_hash and is_as_wanted(host, f"{layout.RELEASES}/{serving}")


def show_plan(
    host: Host, archive: Archive, steps: Steps, names: Sequence[str], *, force_migrations: bool
) -> str:
    """Print each of the steps as planned. Raises DeployError if the deploy would be refused."""
    serving = folders.serving(host)
    if serving and serves_already(host, serving, archive):
        return f"nothing to deploy: {serving} serves"
    release = archive.release_name()
    details = {
        "backup": "the database and the uploaded files, encrypted",
        "upload": f"{len(archive.content) / 1024:.0f} KiB as {release}",
        "Python environment": "made if the requirements changed",
        "switch": f"{serving or 'nothing'} -> {release}",
    } | _migrations(host, archive, force=force_migrations)
    for name in names:
        with steps.step(name) as outcome:
            outcome.planned(details.get(name, ""))
    return "nothing was changed"


def _migrations(host: Host, archive: Archive, *, force: bool) -> dict[str, str]:
    """What both migration steps would do. The release itself is asked, in a temporary folder."""
    with folders.temporary(host, archive) as folder:
        limit = link_what_there_is(host, folder)
        if limit is None:
            return dict.fromkeys(MIGRATION_STEPS, "told once there is a Python environment")
        pending = migrations.plan(host, folder.rpartition("/")[2])
    migrations.check(pending, read_argued(), force=force)
    lists = (migrations.names(pending.before), migrations.names(pending.after))
    told = [f"{names or 'nothing'}{limit and f', {limit}'}" for names in lists]
    return dict(zip(MIGRATION_STEPS, told, strict=True))
