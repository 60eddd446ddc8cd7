"""Making a release serve, and going back if it does not serve well."""

from __future__ import annotations

from deploy.release import folders, handover, journal
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.service import restart, verify
from deploy.remote.steps import Steps


def activate(host: Host, release: str, action: str, steps: Steps) -> None:
    """Switch to a release, restart and verify; if it is not well, go back and say so."""
    before = folders.serving(host)
    journal.announce_switch(host, before, release)
    try:
        with steps.step("switch") as outcome:
            folders.switch(host, release)
            outcome.changed(f"{before or 'nothing'} -> {release}")
        _serve(host, release, steps)
    except DeployError as error:
        _return_to(host, before, release, action, steps)
        came_back = f"; {before} serves again" if before else ""
        raise DeployError(f"{release} was rolled back{came_back}: {error.message}") from error
    journal.record(host, action, release, "serving")
    journal.end_switch(host)


def recover(host: Host, steps: Steps) -> None:
    """Finish, or undo, what an interrupted deploy left behind."""
    folders.remove_partial(host)
    if unfinished := journal.unfinished_switch(host):
        _finish_switch(host, *unfinished, steps)
    good = journal.good_releases(journal.entries(host))
    for name in folders.abandoned(folders.names(host), good, folders.serving(host)):
        folders.remove(host, name)


def _finish_switch(host: Host, before: str | None, after: str, steps: Steps) -> None:
    """Keep the release that was switched to if it is well, else go back."""
    with steps.step("repair an interrupted deploy") as outcome:
        try:
            if folders.serving(host) != after:
                raise DeployError(f"{after} was not switched to yet, or left again")
            restart(host)
            handover.take_over(host, steps)
            verify(host, after)
            handover.retire(host)
            journal.record(host, "recover", after, "serving")
            outcome.changed(f"{after} serves")
        except DeployError:
            journal.record(host, "recover", after, "rolled back")
            if before:
                folders.switch(host, before)
                restart(host)
                outcome.changed(f"back to {before}")
            else:
                handover.give_back(host, steps)
        journal.end_switch(host)


def _serve(host: Host, release: str, steps: Steps) -> None:
    with steps.step("clear bytecode"):
        folders.clear_bytecode(host, release)
    with steps.step("restart") as outcome:
        restart(host)
        outcome.changed()
    taken_over = handover.take_over(host, steps)
    with steps.step("verify"):
        verify(host, release)
    if taken_over:
        handover.retire(host)


def _return_to(host: Host, before: str | None, failed: str, action: str, steps: Steps) -> None:
    journal.record(host, action, failed, "rolled back")
    if before:
        with steps.step("roll back") as outcome:
            folders.switch(host, before)
            restart(host)
            verify(host, before)
            outcome.changed(f"to {before}")
    else:
        handover.give_back(host, steps)
    journal.end_switch(host)


def release_before(host: Host) -> str:
    """The good release that served before this one. Raises DeployError if there is none."""
    serving = folders.serving(host)
    present = set(folders.names(host))
    good = [
        name for name in journal.good_releases(journal.entries(host)) if name in present and name != serving
    ]
    if not good:
        raise DeployError("there is no earlier release that served well")
    return good[-1]
