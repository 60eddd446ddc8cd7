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
    with steps.step("make room") as outcome:
        try:
            gone = _older(host)
            for name in gone:
                folders.remove(host, name)
            prune_environments(host)
            outcome.changed(f"{len(gone)} old releases removed")
        except RemoteError as error:
            outcome.warn(error.message)
    with steps.step("make room of root's") as outcome:
        try:
            outcome.changed(ask(host, "make-room").stdout.strip())
        except DeployError as error:
            outcome.warn(error.message)


def _older(host: Host) -> list[str]:
    """The releases behind the one that served before the one that serves; none if the journal is no proof."""
    serving, present = folders.serving(host), folders.names(host)
    try:
        way = journal.way_back(journal.entries(host))
    except RemoteError:
        return []
    kept = {serving, *way[-2:]}
    return [name for name in present if name not in kept] if serving in way else []
