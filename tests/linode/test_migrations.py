"""The linter of `fab deploy` on real migrations: the project's own, and bad ones that are planted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from deploy.release.linter import Argued, Finding, lint, read_argued
from deploy.release.migrations import Plan

from tests.linode.django_server import BACKEND
from tests.linode.postgres import Postgres
from tests.linode.runtimes import CURRENT, LEGACY, Runtime
from tests.linode.test_backend_suite import run

PLANTED = {
    "migrations.AddField('intent', 'a', models.IntegerField(default=0))": "ban-drop-default",
    "migrations.RemoveField('intent', 'document')": "ban-drop-column",
    "migrations.RenameField('intent', 'live', 'alive')": "renaming-column",
    "migrations.AlterModelTable('intent', 'sync_purpose')": "renaming-table",
    "migrations.AlterField('intent', 'rev', models.IntegerField())": "changing-column-type",
    "migrations.AlterField('intent', 'precondition_time', models.BigIntegerField(default=0))": (
        "adding-not-nullable-field"
    ),
    "migrations.AddIndex('intent', models.Index(fields=['rev'], name='planted'))": (
        "require-concurrent-index-creation"
    ),
    "migrations.AddConstraint('intent', models.UniqueConstraint(fields=['rev'], name='planted'))": (
        "disallowed-unique-constraint"
    ),
    "migrations.AddField('intent', 'a', models.ForeignKey('auth.User', models.CASCADE, null=True))": (
        "require-concurrent-index-creation"
    ),
    "migrations.DeleteModel('intent')": "ban-drop-table",
    "migrations.AddField('intent', 'a', models.IntegerField(null=True)), "
    "migrations.RunPython(migrations.RunPython.noop)": "python-beside-schema",
}
"""By operation: the rule that refuses it before the switch."""
MIGRATION = """
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("sync", "0004_intent_landed"), migrations.swappable_dependency("auth.User")]
    operations = [{}]
"""


def findings(plan: Plan) -> list[Finding]:
    return [
        finding
        for migration in plan.before
        for finding in lint(migration, after_switch=False, postgresql=plan.postgresql)
    ]


@pytest.mark.parametrize("runtime", [LEGACY, CURRENT], ids=lambda runtime: runtime.name, indirect=True)
def test_every_migration_there_is_passes_or_is_argued(runtime: Runtime, postgres: Postgres) -> None:
    """A reason that no migration needs is refused too, on the newest runtime, which has all migrations."""
    database = postgres.create_database(f"lint-{runtime.name}")
    assert run(runtime, database, "migrate", "contenttypes", "0001").returncode == 0
    told = run(runtime, database, "migration_plan")
    found = findings(Plan.model_validate_json(told.stdout))
    argued: Argued = read_argued()
    used = {(finding.migration, finding.rule) for finding in found}
    reasons = {(name, rule) for name, reasons in argued.items() for rule in reasons}
    assert used <= reasons
    assert used == reasons or runtime is LEGACY
    assert all(reason.strip() for by_rule in argued.values() for reason in by_rule.values())


def test_planted_migrations_are_refused(postgres: Postgres, tmp_path: Path) -> None:
    """All are branches from the last real migration, listed side by side and never applied."""
    CURRENT.build()
    database = postgres.create_database("lint-planted")
    assert run(CURRENT, database, "migrate").returncode == 0
    backend = tmp_path / "backend"
    shutil.copytree(BACKEND, backend, ignore=shutil.ignore_patterns("__pycache__"))
    for number, operation in enumerate(PLANTED):
        path = backend / "sync" / "migrations" / f"{number + 100:04}_planted.py"
        path.write_text(MIGRATION.format(operation))
    told = run(CURRENT, database, "migration_plan", folder=backend)
    assert told.returncode == 0, told.stderr
    found = {(finding.migration, finding.rule) for finding in findings(Plan.model_validate_json(told.stdout))}
    expected = {(f"sync.{100 + n:04}_planted", rule) for n, rule in enumerate(PLANTED.values())}
    assert expected - found == set()
