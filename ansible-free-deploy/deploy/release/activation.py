"""Making a release serve, and going back if it does not serve well.

Service comes first: the release before is brought back before anything is written down, and neither the
journal nor the removal of leftovers can stop that.
"""

from __future__ import annotations

from deploy.backup.exchange import finish_interrupted
from deploy.release import folders, handover, journal
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Host
from deploy.remote.service import restart, verify
from deploy.remote.steps import Steps

BOTH_ILL = "neither {after} nor {before} serves well: `fab deploy` of something mended, or `fab restore`"


def activate(host: Host, release: str, action: str, steps: Steps) -> None:
    """Switch to a release, restart and verify; if it is not well, go back and say so."""
    before = folders.serving(host)
    journal.announce_switch(host, before, release, steps)
    try:
        with steps.step("switch") as outcome:
            folders.switch(host, release)
            outcome.changed(f"{before or 'nothing'} -> {release}")
        _serve(host, release, steps)
    except DeployError as error:
        came_back = _return_to(host, before, steps)
        journal.note(host, action, release, journal.ROLLED_BACK, steps)
        journal.end_switch(host, steps)
        raise DeployError(f"{release} was rolled back{came_back}: {error.message}") from error
    journal.note(host, action, release, journal.SERVING, steps)
    folders.mark_as_served(host, release, steps)
    journal.end_switch(host, steps)


def recover(host: Host, steps: Steps) -> None:
    """Finish, or undo, what an interrupted restore or deploy left. What stays broken stops nothing."""
    finish_interrupted(host, steps)
    if unfinished := journal.unfinished_switch(host):
        _finish_switch(host, *unfinished, steps)
    tidy_up(host, steps)


def tidy_up(host: Host, steps: Steps) -> None:
    """Remove what interrupted deploys left. Without proof that a release never served, it stays."""
    try:
        folders.remove_partial(host)
        good = journal.good_releases(journal.entries(host))
        for name in folders.abandoned(folders.never_served(host), good, folders.serving(host)):
            folders.remove(host, name)
    except RemoteError as error:
        steps.warn("tidy up", error.message)


def _finish_switch(host: Host, before: str | None, after: str, steps: Steps) -> None:
    """Keep the release that was switched to if it is well, else go back; if both are ill, say so."""
    with steps.step("repair an interrupted deploy") as outcome:
        try:
            if folders.serving(host) != after:
                raise DeployError(f"{after} was not switched to yet, or left again")
            restart(host)
            handover.take_over(host, steps)
            verify(host, after)
            handover.retire(host)
            end = journal.SERVING
            outcome.changed(f"{after} serves")
        except DeployError:
            end = journal.ROLLED_BACK
            try:
                outcome.changed(_gone_back(host, before, steps))
            except DeployError as error:
                outcome.warn(f"{BOTH_ILL.format(after=after, before=before)}: {error.message}")
        journal.note(host, "recover", after, end, steps)
        if end == journal.SERVING:
            folders.mark_as_served(host, after, steps)
        journal.end_switch(host, steps)


def _gone_back(host: Host, before: str | None, steps: Steps) -> str:
    """Let the release before serve, or the previous site; what was done, in words."""
    if not before:
        handover.give_back(host, steps)
        return "nothing was deployed before it"
    folders.switch(host, before)
    restart(host)
    verify(host, before)
    return f"back to {before}"


def _serve(host: Host, release: str, steps: Steps) -> None:
    with steps.step("clear bytecode"):
        folders.clear_bytecode(host, release)
    with steps.step("restart") as outcome:
        restart(host)
        outcome.changed()
    taken_over = handover.take_over(host, steps)
    with steps.step("verify") as outcome:
        if complaint := verify(host, release):
            outcome.warn(f"{release} is well, but its certificate is not: {complaint}")
    if taken_over:
        handover.retire(host)


def _return_to(host: Host, before: str | None, steps: Steps) -> str:
    """Go back; how that ended, to be added to what is told of the release that failed."""
    if not before:
        handover.give_back(host, steps)
        return ""
    try:
        with steps.step("roll back") as outcome:
            outcome.changed(_gone_back(host, before, steps))
    except DeployError as error:
        return f", but {before} does not serve well either ({error.message})"
    return f"; {before} serves again"


def release_before(host: Host) -> str:
    """The good release that served before this one, going on backwards if it was rolled back to.

    Raises DeployError if there is none, or if the journal does not prove which it is.
    """
    serving, present = folders.serving(host), folders.names(host)
    try:
        way = journal.way_back(journal.entries(host))
    except RemoteError as error:
        raise DeployError(_unproven(present, serving, error.message)) from error
    before = way[: way.index(serving)] if serving in way else way
    if good := [name for name in before if name in present and name != serving]:
        return good[-1]
    if serving not in way:
        raise DeployError(_unproven(present, serving, "the journal does not know the release that serves"))
    raise DeployError("there is no earlier release that served well")


def _unproven(present: list[str], serving: str | None, why: str) -> str:
    others = ", ".join(name for name in present if name != serving) or "no other one"
    return f"{why}, so which one served well is not known; name one: `fab rollback --release` ({others})"
