"""Refuses code that is older than what serves, or than the database: a deploy from a clone that lags behind.

The release that serves says which commit it was made of, and git says whether the code here contains that.
The database says which migrations were applied that the code here does not know. No clock is asked.
"""

from __future__ import annotations

from deploy.release import folders, migrations, revision
from deploy.release.migrations import Plan
from deploy.release.revision import UNKNOWN, Revision, shortened
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.manage import SERVING

OVERRIDE = "--force-older"
MEANING = f"{OVERRIDE} deploys it all the same, and takes back what the other code brought"


def refuse_older(host: Host, serving: str | None, here: Revision) -> None:
    """Raise DeployError if the code here does not contain the revision that serves.

    A revision that no commit names, here or there, cannot be judged and passes.
    """
    made_of = folders.revisions(host).get(serving or "", UNKNOWN)
    commit = made_of.partition("-")[0]
    if not here.commit or commit == UNKNOWN or (held := revision.holds(commit)):
        return
    lack = (
        "is not in the history of what is checked out here" if held is False else "is unknown to this clone"
    )
    raise DeployError(
        f"what serves was made of {shortened(made_of)}, which {lack}: `git pull`, then deploy; {MEANING}"
    )


def refuse_behind(host: Host, serving: str | None, pending: Plan) -> None:
    """Raise DeployError if the database has migrations that the new release does not know.

    What the release that serves does not know either is old, and was lived with.
    """
    if not pending.unknown or not serving:
        return
    ahead = sorted(set(pending.unknown) - set(migrations.plan(host, SERVING).unknown))
    if ahead:
        raise DeployError(
            f"the database is ahead of this code, which does not know {', '.join(ahead)}: `git pull`;"
            f" {MEANING}"
        )
