"""What the linter refuses before the switch, what after it, and what it lets pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.release.linter import BREAKING, HOPELESS, LOCKING, Migration, lint, read_argued, unargued
from deploy.remote.errors import DeployError

NEW = 150017
TEN = 100023
EXAMPLES: dict[str, tuple[str, int]] = {
    "adding-field-with-default": ("ALTER TABLE m ADD COLUMN a integer DEFAULT 7;", TEN),
    "adding-serial-primary-key-field": ("ALTER TABLE m ADD COLUMN a serial PRIMARY KEY;", NEW),
    "ban-concurrent-index-creation-in-transaction": (
        "BEGIN; CREATE INDEX CONCURRENTLY i ON m (a); COMMIT;",
        NEW,
    ),
    "ban-truncate-cascade": ("TRUNCATE TABLE m CASCADE;", NEW),
    "changing-column-type": ("ALTER TABLE m ALTER COLUMN a TYPE bigint USING a::bigint;", NEW),
    "constraint-missing-not-valid": ("ALTER TABLE m ADD CONSTRAINT c CHECK (a > 0);", NEW),
    "disallowed-unique-constraint": ("ALTER TABLE m ADD CONSTRAINT c UNIQUE (a);", NEW),
    "require-concurrent-index-creation": ("CREATE INDEX i ON m (a);", NEW),
    "require-concurrent-reindex": ("REINDEX TABLE m;", NEW),
    "adding-not-nullable-field": ("ALTER TABLE m ALTER COLUMN a SET NOT NULL;", NEW),
    "adding-required-field": ("ALTER TABLE m ADD COLUMN a integer NOT NULL;", NEW),
    "ban-drop-column": ("ALTER TABLE m DROP COLUMN a CASCADE;", NEW),
    "ban-drop-default": ("ALTER TABLE m ALTER COLUMN a DROP DEFAULT;", NEW),
    "ban-drop-table": ("DROP TABLE m CASCADE;", NEW),
    "renaming-column": ("ALTER TABLE m RENAME COLUMN a TO b;", NEW),
    "renaming-table": ("ALTER TABLE m RENAME TO n;", NEW),
    "syntax-error": ("ALTER TABLE m GROW COLUMN a;", NEW),
}
"""For each rule: SQL that breaks it, on this release of PostgreSQL."""
HARMLESS = (
    'ALTER TABLE "m" ADD COLUMN "a" boolean NULL;',
    'BEGIN; CREATE TABLE "n" ("id" serial NOT NULL PRIMARY KEY, "a" integer NOT NULL);\n'
    'CREATE INDEX "i" ON "n" ("a");\n'
    'ALTER TABLE "n" ADD CONSTRAINT "c" FOREIGN KEY ("a") REFERENCES "m" ("id") DEFERRABLE; COMMIT;',
    'CREATE INDEX CONCURRENTLY "i" ON "m" ("a");',
    "--\n-- Change Meta options on m\n--\n-- (no-op)",
    "",
)


def rules(sql: str | None, *, after: bool, postgresql: int = NEW, python: bool = False) -> set[str]:
    migration = Migration(name="sync.0009_planted", sql=sql, python=python)
    return {finding.rule for finding in lint(migration, after_switch=after, postgresql=postgresql)}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_each_rule_refuses_its_example(rule: str) -> None:
    sql, postgresql = EXAMPLES[rule]
    assert rule in rules(sql, after=False, postgresql=postgresql)
    assert (rule in rules(sql, after=True, postgresql=postgresql)) == (rule not in BREAKING)


def test_every_rule_has_an_example() -> None:
    own = {"python-beside-schema", "unknown-sql"}
    assert set(EXAMPLES) | own == LOCKING | BREAKING | HOPELESS


@pytest.mark.parametrize("after", [False, True])
def test_what_squawk_cannot_see(after: bool) -> None:
    schema = "ALTER TABLE m ADD COLUMN a integer NULL;"
    assert rules(f"BEGIN;\n{schema}\nCOMMIT;", after=after, python=True) == {"python-beside-schema"}
    assert rules(schema, after=after, python=True) == set()
    assert rules("-- cannot be written as SQL", after=after, python=True) == set()
    assert rules(None, after=after) == {"unknown-sql"}


@pytest.mark.parametrize("sql", HARMLESS)
def test_what_only_adds_passes(sql: str) -> None:
    assert rules(sql, after=False) == set()


def test_a_default_rewrites_the_table_on_production_s_postgresql_only() -> None:
    sql, _ = EXAMPLES["adding-field-with-default"]
    assert rules(sql, after=False, postgresql=NEW) == set()


def test_a_reason_holds_for_its_migration_and_rule_only() -> None:
    sql = "ALTER TABLE m DROP COLUMN a; ALTER TABLE m RENAME TO n;"
    findings = lint(Migration(name="sync.0009_planted", sql=sql), after_switch=False, postgresql=NEW)
    left = unargued(findings, {"sync.0009_planted": {"ban-drop-column": "nobody reads it"}})
    assert [finding.rule for finding in left] == ["renaming-table"]
    assert unargued(findings, {"sync.0008_other": {"ban-drop-column": "nobody reads it"}}) == findings
    assert str(left[0]) == "sync.0009_planted: Renaming a table may break existing clients (renaming-table)"


def test_a_list_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "argued_migrations.toml").write_text("[sync.0009")
    with pytest.raises(DeployError, match=r"argued_migrations\.toml"):
        read_argued(tmp_path)
