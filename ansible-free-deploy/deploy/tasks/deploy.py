"""Tasks that change which release serves."""

from __future__ import annotations

from fabric import task
from invoke.context import Context

from deploy.release.flow import deploy as deploy_release
from deploy.release.flow import roll_back
from deploy.release.owed import migrate as migrate_serving
from deploy.tasks.context import JSON_HELP, begin


@task(
    help={
        "json": "one JSON object per step",
        "dry-run": "say what would be done",
        "force": "even if it serves",
        "force-migrations": "even those that would lock or break the site",
        "allow-dirty": "even what is not committed",
        "force-older": "even code that does not contain what serves, or that the database is ahead of",
    }
)
def deploy(  # noqa: PLR0913, PLR0917 (the options of a command)
    context: Context,
    json: bool = False,
    dry_run: bool = False,
    force: bool = False,
    force_migrations: bool = False,
    allow_dirty: bool = False,
    force_older: bool = False,
) -> None:
    """Deploy linode/; if that fails, the release that served before serves again."""
    stack, steps = begin(context, as_json=json)
    wanted = {"force": force, "force_migrations": force_migrations, "allow_dirty": allow_dirty}
    wanted["force_older"] = force_older
    steps.finish(deploy_release(stack, steps, dry_run=dry_run, **wanted))


@task(
    help={
        "release": "its name (default: the good one before)",
        "force": "even across a migration that took away what it may need",
        **JSON_HELP,
    }
)
def rollback(context: Context, release: str | None = None, json: bool = False, force: bool = False) -> None:
    """Go back to the release before, or to one by name."""
    stack, steps = begin(context, as_json=json)
    steps.finish(roll_back(stack, steps, release, force=force))


@task(
    help={
        "json": "one JSON object per step",
        "dry-run": "say what is pending and what the linter says of it",
        "force-migrations": "even those that would lock or break the site",
    }
)
def migrate(
    context: Context, json: bool = False, dry_run: bool = False, force_migrations: bool = False
) -> None:
    """Apply the pending migrations of the release that serves, judged as a deploy judges them."""
    stack, steps = begin(context, as_json=json)
    steps.finish(migrate_serving(stack, steps, dry_run=dry_run, force_migrations=force_migrations))
