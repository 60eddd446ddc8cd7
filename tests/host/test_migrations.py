"""Migrations around the switch, on a live host: in what order, what a refusal and a failure leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.host.live_host import JOURNAL, LiveHost

FOLDER = "linode/backend/sync/migrations"
EXPAND = "0005_planted_expand"
CONTRACT = "0006_planted_contract"
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
FORGET = "DROP TABLE IF EXISTS planted; DELETE FROM django_migrations WHERE name LIKE '%_planted_%'"


def migration(name: str, after: str, sql: str, marker: str = "", atomic: bool = True) -> str:
    return MIGRATION.format(name=name, after=after, sql=sql, marker=marker, where=WHERE, atomic=atomic)


EXPANDING = migration(
    EXPAND,
    "0004_intent_landed",
    "CREATE TABLE planted (migration text, serving text, old integer NULL)",
    atomic=False,
)
CONTRACTING = migration(CONTRACT, EXPAND, "SELECT 1", MARKER)


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
    """A failure of it is told and leaves the new release serving; the next deploy makes up for it."""
    host, before = planted, planted.serving()
    failing = migration(CONTRACT, EXPAND, "SELECT 1/0", MARKER)
    with plant(host, EXPANDING, failing):
        planned = host.deploy("--dry-run").steps
        assert applied(host) == []
        assert detail(planned, "migrate") == f"sync.{EXPAND}"
        assert detail(planned, "migrate after the switch") == f"sync.{CONTRACT}"
        told = host.fab("deploy")
        failed = host.serving()
    assert told.status == 1
    assert f"{failed} serves and is well, but sync.{CONTRACT} failed after the switch" in told.complaint
    assert "division by zero" in told.complaint
    assert (host.is_well(), failed != before, applied(host)) == (True, True, [EXPAND])
    with plant(host, EXPANDING, CONTRACTING):
        host.deploy()
    mended = host.serving()
    assert host.psql("SELECT migration, serving FROM planted ORDER BY 1").split() == [
        f"{EXPAND}|{before}",
        f"{CONTRACT}|{mended}",
    ]
    told = host.fab("rollback", f"--release={before}")
    assert told.status == 1
    assert f"{before} may need what sync.{CONTRACT} took away" in told.complaint
    assert host.serving() == mended
