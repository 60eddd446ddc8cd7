"""Migrations around the switch, on a live host: in what order, what a refusal and a failure leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from deploy.remote import layout
from local.world import ROOT
from tests.host.deploys import refused
from tests.host.live_host import JOURNAL, LiveHost
from tests.host.waiting import PATIENCE_SECONDS, wait_until

FOLDER = "linode/backend/sync/migrations"
LAST = sorted(path.stem for path in (ROOT / FOLDER).glob("0*.py"))[-1]
EXPAND = "9998_planted_expand"
CONTRACT = "9999_planted_contract"
WHERE = "os.readlink('/srv/ekklesia/current').rpartition('/')[2]"
MIGRATION = """\
import os
from django.db import migrations
def note(apps, schema_editor):
    schema_editor.execute("INSERT INTO planted (migration, serving) VALUES (%s, %s)", ["{name}", {where}])
class Migration(migrations.Migration):
    dependencies = [("sync", "{after}")]
    atomic = {atomic}
    {marker}
    operations = [migrations.RunSQL("{sql}"), migrations.RunPython(note)]
"""
MARKER = "after_switch = True"
LOCKED = "ALTER TABLE communication_email ALTER COLUMN subject SET STATISTICS -1"
FORGET = "DROP TABLE IF EXISTS planted; DELETE FROM django_migrations WHERE name LIKE '%_planted_%'"


def migration(name: str, after: str, sql: str, marker: str = "", atomic: bool = True) -> str:
    return MIGRATION.format(name=name, after=after, sql=sql, marker=marker, where=WHERE, atomic=atomic)


EXPANDING = migration(
    EXPAND,
    LAST,
    "CREATE TABLE planted (migration text, serving text, old integer NULL)",
    atomic=False,
)
CONTRACTING = migration(CONTRACT, EXPAND, "SELECT 1", MARKER)
ENDLESS = migration(EXPAND, LAST, f"SELECT pg_sleep({PATIENCE_SECONDS})", atomic=False)
LIMIT, SHORTER = "statement_timeout=10min", "statement_timeout=1s"


@pytest.fixture
def planted(host_as_it_was: LiveHost) -> Iterator[LiveHost]:
    """The host; its release and its database are put back."""
    host = host_as_it_was
    before = host.serving()
    yield host
    host.psql(FORGET)
    host.shell(f"sed -i /_planted_/d {JOURNAL}")
    if host.serving() != before:
        assert host.fab("rollback", f"--release={before}", "--force").status == 0


def plant(host: LiveHost, expanding: str, contracting: str) -> ExitStack:
    """Both migrations in the copy of the project, until the stack is left."""
    stack = ExitStack()
    stack.enter_context(host.edited(f"{FOLDER}/{EXPAND}.py", expanding))
    stack.enter_context(host.edited(f"{FOLDER}/{CONTRACT}.py", contracting))
    return stack


@contextmanager
def shorter_limit(host: LiveHost) -> Iterator[None]:
    """A statement of a migration may take a second: the host's own program says how long it may."""
    program = f"{layout.PROGRAMS}/ekklesia_host/django.py"
    change = "sed -i s/{}/{}/ {} && grep -q {} {}"
    host.shell(change.format(LIMIT, SHORTER, program, SHORTER, program))
    try:
        yield
    finally:
        host.shell(change.format(SHORTER, LIMIT, program, LIMIT, program))


def detail(told_steps: list[dict[str, str]], step: str) -> str:
    return next(line["detail"] for line in told_steps if line["step"] == step)


def applied(host: LiveHost) -> list[str]:
    return host.psql("SELECT name FROM django_migrations WHERE name LIKE '%_planted_%' ORDER BY 1").split()


def test_a_migration_that_would_break_the_site_is_refused(planted: LiveHost) -> None:
    """One that runs before the switch, one after it, and an order that cannot be: nothing is done of any."""
    host, before = planted, planted.state()
    drop = EXPANDING.replace(
        "CREATE TABLE planted", "ALTER TABLE sync_intent DROP COLUMN rev; CREATE TABLE p"
    )
    rename = "ALTER TABLE sync_intent RENAME COLUMN live TO alive"
    with plant(host, drop, migration(CONTRACT, EXPAND, rename, MARKER, atomic=False)):
        told = host.fab("deploy", "--dry-run")
    assert told.status == 1
    assert f"refused: sync.{EXPAND}: Dropping a column may break existing clients" in told.complaint
    assert f"sync.{CONTRACT}: Renaming a column may break existing clients" in told.complaint
    assert "--force-migrations" in told.complaint
    early = EXPANDING.replace("operations", f"{MARKER}\n    operations", 1)
    with plant(host, early, CONTRACTING.replace(MARKER, "")):
        told = host.fab("deploy", "--dry-run")
    assert told.status == 1
    assert f"sync.{CONTRACT} would run before the switch but needs sync.{EXPAND}" in told.complaint
    assert host.state() == before


def test_what_takes_away_runs_after_the_switch(planted: LiveHost) -> None:
    """Where it cannot, that is told and the new release serves; a deploy of nothing else makes up for it.

    What comes before the switch and takes too long is stopped there, and hinders no later deploy.
    """
    host, before = planted, planted.serving()
    with plant(host, ENDLESS, CONTRACTING), shorter_limit(host):
        refused(host, host.fab("deploy"), "canceling statement due to statement timeout")
    assert (host.serving(), applied(host)) == (before, [])
    with plant(host, EXPANDING, migration(CONTRACT, EXPAND, LOCKED, MARKER, atomic=False)):
        planned = host.deploy("--dry-run").steps
        assert detail(planned, "migrate") == f"sync.{EXPAND}"
        assert detail(planned, "migrate after the switch") == f"sync.{CONTRACT}"
        assert applied(host) == []
        with lock_held(host):
            told = host.fab("deploy")
        serving = host.serving()
        assert told.status == 1
        assert f"{serving} serves and is well, but sync.{CONTRACT} failed after the switch" in told.complaint
        assert "lock timeout" in told.complaint
        assert (host.is_well(), serving != before, applied(host)) == (True, True, [EXPAND])
        made_up = host.deploy().steps
    assert detail(made_up, "migrate after the switch") == f"sync.{CONTRACT}"
    assert host.psql("SELECT migration, serving FROM planted ORDER BY 1").split() == [
        f"{EXPAND}|{before}",
        f"{CONTRACT}|{serving}",
    ]
    told = host.fab("rollback", f"--release={before}")
    assert told.status == 1
    assert f"{before} may need what sync.{CONTRACT} took away" in told.complaint
    assert host.serving() == serving
    what_the_serving_release_lacks_is_applied_by_hand(host)


def what_the_serving_release_lacks_is_applied_by_hand(host: LiveHost) -> None:
    """As after an older backup was restored: `fab migrate` says it, does it, then has nothing to do."""
    serving, both = host.serving(), f"sync.{EXPAND}, sync.{CONTRACT}"
    host.psql(FORGET)
    untouched = host.state()
    told = host.fab("migrate", "--dry-run", "--json")
    assert told.status == 0, told.errors
    assert (detail(told.steps, "plan"), detail(told.steps, "lint")) == (both, "nothing speaks against it")
    assert (applied(host), host.state()) == ([], untouched)
    with lock_held(host):
        told = host.fab("migrate")
    assert told.status == 1
    assert f"sync.{CONTRACT} failed after the switch and is still owed: " in told.complaint
    assert (host.is_well(), applied(host)) == (True, [EXPAND])
    told = host.fab("migrate", "--json")
    assert told.status == 0, told.errors
    assert told.steps[-1]["step"] == f"applied to {serving}: sync.{CONTRACT}"
    assert host.psql("SELECT migration, serving FROM planted ORDER BY 1").split() == [
        f"{EXPAND}|{serving}",
        f"{CONTRACT}|{serving}",
    ]
    told = host.fab("migrate")
    assert told.status == 0
    assert f"nothing to migrate: {serving} serves" in told.errors


@contextmanager
def lock_held(host: LiveHost) -> Iterator[None]:
    """Somebody works on the table, in a way that a backup does not mind."""
    session = "systemd-run --quiet --collect --uid=postgres --setenv=PGAPPNAME=planted psql ekklesia"
    hold = "BEGIN; LOCK TABLE communication_email IN SHARE UPDATE EXCLUSIVE MODE; SELECT pg_sleep(600)"
    host.shell(f'{session} --command "{hold}"')
    held = "SELECT 1 FROM pg_locks WHERE relation = 'communication_email'::regclass"
    wait_until(lambda: host.psql(held) == "1", "the table is locked")
    try:
        yield
    finally:
        host.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'planted'")
