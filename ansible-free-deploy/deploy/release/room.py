"""Makes room on a full host: what no release needs goes, then what can be fetched again or is old.

Everything here can be done without: the release that serves and the one before it stay, and so do backups.
"""

from __future__ import annotations

from deploy.release import folders, journal
from deploy.release.activation import tidy_up
from deploy.release.environment import prune_environments
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Host
from deploy.remote.steps import Steps
from deploy.remote.verbs import ask


def make_room(host: Host, steps: Steps) -> None:
    """Remove all of it. What cannot be removed is a warning: the check that follows tells what is missing."""
    tidy_up(host, steps)
    remove_releases(host, _older(host), steps)
    with steps.step("make room of root's") as outcome:
        try:
            outcome.changed(ask(host, "make-room").stdout.strip())
        except DeployError as error:
            outcome.warn(error.message)


def remove_releases(host: Host, names: list[str], steps: Steps) -> None:
    """Remove them, and what no release needs any more. What cannot be removed is a warning."""
    with steps.step("remove old releases") as outcome:
        try:
            for name in names:
                folders.remove(host, name)
            prune_environments(host)
        except RemoteError as error:
            outcome.warn(error.message)
        else:
            if names:
                outcome.changed(f"{len(names)} removed")


def _older(host: Host) -> list[str]:
    """All but the release that serves and the one that a rollback goes to; none without proof of that one."""
    try:
        serving, present = folders.serving(host), folders.names(host)
        way = journal.way_back(journal.entries(host))
    except RemoteError:
        return []
    before = [name for name in way[: way.index(serving)] if name in present] if serving in way else []
    return [name for name in present if name not in {serving, before[-1]}] if before else []
