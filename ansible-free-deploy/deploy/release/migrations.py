"""The migrations of a deploy: some before the switch, while the release before serves, some after it.

A migration says itself when it runs (`after_switch` in its class; see linode/backend/deployment). All are
judged before the first one runs. They run under time-outs. If a client dies while one runs, the next deploy
waits for its end.
"""

from __future__ import annotations

from pydantic import BaseModel, ValidationError

from deploy.release import linter
from deploy.release.linter import Argued, Finding, Migration
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.manage import SERVING, Database, manage

FORCE = "--force-migrations"


class Plan(BaseModel):
    """What is pending on a host's database, as a release's own Django says."""

    fresh: bool
    """Nothing was ever applied, so there is nothing to lock or to break."""
    postgresql: int
    before: list[Migration]
    after: list[Migration]
    unknown: list[str] = []
    """What was applied to the database and the release does not know: the database is ahead of it."""

    def names(self) -> str:
        """The names of all in a line, in the order in which they run."""
        return names([*self.before, *self.after])

    def findings(self, argued: Argued) -> list[Finding]:
        """What the linter has against them and the list does not argue."""
        if self.fresh:
            return []
        judged = [(item, False) for item in self.before] + [(item, True) for item in self.after]
        found = [
            finding
            for item, late in judged
            for finding in linter.lint(item, after_switch=late, postgresql=self.postgresql)
        ]
        return linter.unargued(found, argued)


def plan(host: Host, release: str, *, database: Database = "live") -> Plan:
    """Ask a release, by its name, what it has to migrate. Raises DeployError if the order is wrong."""
    told = manage(host, ["migration_plan"], release=release, database=database).stdout
    try:
        return Plan.model_validate_json(told)
    except ValidationError as error:
        raise DeployError(f"manage.py migration_plan answers {told[:80]!r}") from error


def argued(host: Host, release: str) -> Argued:
    """What a release, by its folder, lists as looked into and found harmless."""
    path = f"{release}/{linter.ARGUED}"
    return linter.parse_argued(host.run(f"cat {path} 2>/dev/null || true").stdout, path)


def check(pending: Plan, argued: Argued, *, force: bool) -> str:
    """The linter's verdict in words; what is argued does not count.

    Raises DeployError for what would lock or break the site that serves, unless with `force`.
    """
    told = "; ".join(map(str, pending.findings(argued)))
    if told and not force:
        raise DeployError(f"refused: {told}; see docs/runbook.md, or run them nevertheless with {FORCE}")
    return f"{FORCE} overrules: {told}" if told else "nothing speaks against it"


def apply_before(host: Host, release: str) -> None:
    """Apply those that run before the switch. Raises DeployError if one is pending afterwards."""
    _apply(host, "migrate_before", release)
    _require_none(plan(host, release).before)


def apply_all(host: Host, release: str = SERVING) -> None:
    """Apply whatever is pending, of the release that serves. Raises DeployError if one is still pending."""
    _apply(host, "migrate", release)
    left = plan(host, release)
    _require_none([*left.before, *left.after])


def names(migrations: list[Migration]) -> str:
    """Their names in a line."""
    return ", ".join(migration.name for migration in migrations)


def _require_none(left: list[Migration]) -> None:
    """The database itself is asked: an exit status alone proves nothing."""
    if left:
        raise DeployError(f"{names(left)} is still pending, although manage.py reported no error; `fab logs`")


def _apply(host: Host, command: str, release: str) -> None:
    """Run it under the lock that later deploys wait for."""
    manage(host, [command, "--no-color"], release=release, timeouts=True, guard=True)
