"""The flow of a deploy and of a rollback.

Before the switch nothing that serves is touched: a failure there leaves the old release as it was. After it,
a failure leads back by itself. A client that dies in between is made good by the next deploy.
"""

from __future__ import annotations

import journal
import layout
import release_folder
from backup import back_up
from django_manage import MIGRATION_TIMEOUTS, manage
from errors import DeployError
from host import Host, connected
from lock import deploy_lock
from preflight import check
from python_environment import ensure_environment, prune_environments
from release import Archive, check_name, make_archive, tree_hash_of
from service import restart, try_out, verify
from stack_file import Stack
from steps import Steps

STEPS = (
    "check",
    "backup",
    "upload",
    "Python environment",
    "static files",
    "migrate",
    "the API's token",
    "trial",
    "switch",
    "clear bytecode",
    "restart",
    "verify",
    "remove old releases",
)
"""Of a deploy that has something to do, in order."""


def deploy(stack: Stack, steps: Steps, *, dry_run: bool = False, force: bool = False) -> str:
    """Make what `linode/` holds serve; what was done, in words. With `force` even where it serves already."""
    archive = make_archive()
    with connected(stack) as host:
        with steps.step("check") as outcome:
            outcome.note(check(host, len(archive.content)))
        if dry_run:
            return _plan(host, archive, steps)
        with deploy_lock(host, "deploy"):
            recover(host, steps)
            serving = release_folder.serving(host)
            if serving and tree_hash_of(serving) == archive.tree_hash and not force:
                with steps.step("verify"):
                    verify(host, serving)
                return f"nothing to deploy: {serving} serves"
            release = _prepare(host, archive, steps)
            activate(host, release, "deploy", steps)
            _prune(host, release, serving, steps)
            return f"{release} serves"


def roll_back(stack: Stack, steps: Steps, wanted: str | None = None) -> str:
    """Make the release before, or one by name, serve again. Migrations stay as they are."""
    if wanted is not None:
        check_name(wanted)
    with connected(stack) as host, deploy_lock(host, "rollback"):
        recover(host, steps)
        release = wanted or _release_before(host)
        if release not in release_folder.names(host):
            raise DeployError(f"there is no complete release {release} on the host")
        activate(host, release, "rollback", steps)
        return f"{release} serves"


def activate(host: Host, release: str, action: str, steps: Steps) -> None:
    """Switch to a release, restart and verify; where it is not well, go back and say so."""
    before = release_folder.serving(host)
    journal.announce_switch(host, before, release)
    try:
        with steps.step("switch") as outcome:
            release_folder.switch(host, release)
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
    release_folder.remove_partial(host)
    if unfinished := journal.unfinished_switch(host):
        _finish_switch(host, *unfinished, steps)
    good = journal.good_releases(journal.entries(host))
    for name in release_folder.abandoned(release_folder.names(host), good, release_folder.serving(host)):
        release_folder.remove(host, name)


def _finish_switch(host: Host, before: str | None, after: str, steps: Steps) -> None:
    """Leave the release that was switched to serving where it is well, else go back."""
    with steps.step("an interrupted deploy is made good") as outcome:
        try:
            if release_folder.serving(host) != after:
                raise DeployError(f"{after} was not switched to yet, or left again")
            restart(host)
            verify(host, after)
            journal.record(host, "recover", after, "serving")
            outcome.changed(f"{after} serves")
        except DeployError:
            journal.record(host, "recover", after, "rolled back")
            if before:
                release_folder.switch(host, before)
                restart(host)
                outcome.changed(f"back to {before}")
        journal.end_switch(host)


def _prepare(host: Host, archive: Archive, steps: Steps) -> str:
    """Everything up to the switch: backup, upload, environment, migrations, static files."""
    release = archive.release_name()
    with steps.step("backup") as outcome:
        outcome.changed(back_up(host, "deploy"))
    try:
        with steps.step("upload") as outcome:
            release_folder.upload(host, archive, release)
            outcome.changed(f"{len(archive.content) / 1024:.0f} KiB as {release}")
        with steps.step("Python environment") as outcome:
            if ensure_environment(host, release):
                outcome.changed()
        _django_steps(host, release, steps)
    except DeployError:
        release_folder.remove(host, release)
        raise
    return release


def _django_steps(host: Host, release: str, steps: Steps) -> None:
    path = f"{layout.RELEASES}/{release}"
    with steps.step("static files"):
        deployer = host.stack.linode.user
        manage(host, ["collectstatic", "--noinput", "--verbosity=0"], release=path, user=deployer)
    with steps.step("migrate") as outcome:
        done = manage(host, ["migrate", "--noinput"], release=path, options=MIGRATION_TIMEOUTS).stdout
        applied = [line.split()[1] for line in done.splitlines() if line.strip().startswith("Applying ")]
        if applied:
            outcome.changed(", ".join(name.rstrip(".") for name in applied))
    with steps.step("the API's token"):
        manage(host, ["ensure_api_token"], release=path)
    with steps.step("trial"):
        try_out(host, release)


def _serve(host: Host, release: str, steps: Steps) -> None:
    with steps.step("clear bytecode"):
        release_folder.clear_bytecode(host, release)
    with steps.step("restart") as outcome:
        restart(host)
        outcome.changed()
    with steps.step("verify"):
        verify(host, release)


def _return_to(host: Host, before: str | None, failed: str, action: str, steps: Steps) -> None:
    journal.record(host, action, failed, "rolled back")
    if before:
        with steps.step("roll back") as outcome:
            release_folder.switch(host, before)
            restart(host)
            verify(host, before)
            outcome.changed(f"to {before}")
    journal.end_switch(host)


def _release_before(host: Host) -> str:
    serving = release_folder.serving(host)
    present = set(release_folder.names(host))
    good = [
        name for name in journal.good_releases(journal.entries(host)) if name in present and name != serving
    ]
    if not good:
        raise DeployError("there is no earlier release that served well")
    return good[-1]


def _prune(host: Host, release: str, before: str | None, steps: Steps) -> None:
    with steps.step("remove old releases") as outcome:
        gone = release_folder.removable(release_folder.names(host), {release, before})
        for name in gone:
            release_folder.remove(host, name)
        prune_environments(host)
        if gone:
            outcome.changed(f"{len(gone)} removed")


def _plan(host: Host, archive: Archive, steps: Steps) -> str:
    """What a deploy would do, step by step, as the host is now."""
    serving = release_folder.serving(host)
    if serving and tree_hash_of(serving) == archive.tree_hash:
        return f"nothing to deploy: {serving} serves"
    release = archive.release_name()
    details = {
        "backup": "dump the database",
        "upload": f"{len(archive.content) / 1024:.0f} KiB as {release}",
        "Python environment": "made if the requirements changed",
        "switch": f"{serving or 'nothing'} -> {release}",
    }
    for name in STEPS[1:]:
        with steps.step(name) as outcome:
            outcome.planned(details.get(name, ""))
    return "nothing was changed"
