"""The migrations that run after the new release is verified, because the release before would break on them.

They are written to the journal, so that a rollback across one can be refused.
"""

from __future__ import annotations

from typing import NoReturn

from deploy.release import journal, migrations
from deploy.release.linter import Migration
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Host
from deploy.remote.manage import SERVING
from deploy.remote.service import verify
from deploy.remote.steps import Steps

ACTION = "contract"


def contract(host: Host, release: str, late: list[Migration], steps: Steps) -> None:
    """Apply the migrations that were kept for after the switch. If one fails, the release goes on serving.

    It was verified without them, and nothing that it needs is gone.
    """
    with steps.step("migrate after the switch") as outcome:
        if not late:
            return
        # Written first, so that the journal is true even if the client dies in between.
        journal.record(host, ACTION, release, migrations.names(late))
        try:
            migrations.apply_all(host)
        except DeployError as error:
            _explain(host, release, late, error)
        verify(host, release)
        outcome.changed(migrations.names(late))


def _explain(host: Host, release: str, late: list[Migration], error: DeployError) -> NoReturn:
    """Raise DeployError that says how the site is, and which migrations are still owed."""
    owed = migrations.plan(host, SERVING).after
    done = [migration for migration in late if migration.name not in {item.name for item in owed}]
    journal.record(host, ACTION, release, migrations.names(done))
    verify(host, release)
    raise DeployError(
        f"{release} serves and is well, but {migrations.names(owed)} failed after the switch and is still"
        f" owed: {error.message}; mend it and `fab deploy`, or try again with `fab migrate`"
    ) from error


def refuse_across_contraction(host: Host, release: str) -> None:
    """Raise DeployError if a later release's migrations may have taken away what this one needs."""
    try:
        entries = journal.entries(host)
    except RemoteError as error:
        raise DeployError(
            f"{error.message}, so what {release} lacks is not known; --force goes back"
        ) from error
    if lost := _contracted_since(entries, release):
        raise DeployError(
            f"{release} may need what {lost} took away: `fab deploy` something mended, "
            "or `fab restore` a backup; --force goes back all the same"
        )


def _contracted_since(entries: list[dict[str, str]], release: str) -> str:
    """The migrations that ran after the switch to a later release, in words; empty if there are none.

    Later is what the journal names later, whatever the clocks of those who deployed said.
    """
    known = list(dict.fromkeys(line["release"] for line in entries if "release" in line))
    last = {line["release"]: line["outcome"] for line in entries if line.get("action") == ACTION}
    earlier = known[: known.index(release) + 1] if release in known else []
    return ", ".join(done for later, done in last.items() if done and later not in earlier)
