"""Judges migrations by their SQL before they run on a site that serves.

squawk knows what SQL does to a PostgreSQL under load (https://squawkhq.com/docs/rules). Here its rules are
sorted by what they mean for a deploy. Rules of taste are left out. So are those about time-outs: every
migration runs under both time-outs (`MIGRATION_TIMEOUTS` in `remote/manage.py`).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from deploy.release.archive import SOURCE
from deploy.remote.errors import DeployError

SQUAWK = Path(sys.executable).parent / "squawk"
ARGUED = "argued_migrations.toml"

LOCKING = frozenset(
    {
        "adding-field-with-default",
        "adding-serial-primary-key-field",
        "ban-concurrent-index-creation-in-transaction",
        "ban-truncate-cascade",
        "changing-column-type",
        "constraint-missing-not-valid",
        "disallowed-unique-constraint",
        "require-concurrent-index-creation",
        "require-concurrent-reindex",
        "python-beside-schema",
    }
)
"""These rewrite or scan a table while others wait for it: refused whenever the site serves."""
BREAKING = frozenset(
    {
        "adding-not-nullable-field",
        "adding-required-field",
        "ban-drop-column",
        "ban-drop-default",
        "ban-drop-table",
    }
)
"""These take away what the release before needs, or ask more of it: refused before the switch."""
HOPELESS = frozenset({"renaming-column", "renaming-table", "syntax-error", "unknown-sql"})
"""These are wrong both before the switch and after it, or cannot be judged: always refused."""

Argued = Mapping[str, Mapping[str, str]]
"""The rules that each migration may break, with the reason."""


class Migration(BaseModel):
    """A pending migration, as `manage.py migration_plan` prints it."""

    name: str
    sql: str | None = None
    python: bool = False


class Finding(BaseModel):
    """One complaint about a migration."""

    migration: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.message} ({self.rule})"


def read_argued(source: Path = SOURCE) -> Argued:
    """The list of what was looked into and found harmless. Raises DeployError for one that cannot be read."""
    path = source / ARGUED
    try:
        return parse_argued(path.read_text(), str(path))
    except OSError as error:
        raise DeployError(f"{path}: {error}") from error


def parse_argued(text: str, where: str) -> Argued:
    """The list out of a file's text. Raises DeployError, naming `where` it stands, if it cannot be read."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeployError(f"{where}: {error}") from error


def lint(migration: Migration, *, after_switch: bool, postgresql: int) -> list[Finding]:
    """The complaints about running it then, on that release of PostgreSQL (150017 is 15.17)."""
    if migration.sql is None:
        message = "its SQL cannot be told before the migrations ahead of it were applied"
        return [Finding(migration=migration.name, rule="unknown-sql", message=message)]
    wanted = LOCKING | HOPELESS | (frozenset() if after_switch else BREAKING)
    complaints = [*_squawk(migration.sql, postgresql), *_python_beside_schema(migration)]
    found = {rule: message for rule, message in complaints if rule in wanted}
    return [Finding(migration=migration.name, rule=rule, message=text) for rule, text in found.items()]


def unargued(findings: list[Finding], argued: Argued) -> list[Finding]:
    """The findings that the list does not argue."""
    return [finding for finding in findings if finding.rule not in argued.get(finding.migration, {})]


def _squawk(sql: str, postgresql: int) -> list[tuple[str, str]]:
    """Rule and message of each complaint."""
    version = f"{postgresql // 10000}.{postgresql % 10000}"
    command = [str(SQUAWK), "--reporter", "json", "--pg-version", version]
    done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
    try:
        complaints: list[dict[str, Any]] = json.loads(done.stdout)
    except ValueError as error:
        raise DeployError(f"squawk cannot judge the migrations: {done.stderr.strip()[:200]}") from error
    return [(item["rule_name"], item["message"].rstrip(".")) for item in complaints]


def _python_beside_schema(migration: Migration) -> list[tuple[str, str]]:
    """A complaint if Python runs in one transaction with a change of the schema: squawk cannot see it."""
    lines = (migration.sql or "").splitlines()
    changes = any(line.startswith(("ALTER ", "CREATE ", "DROP ")) for line in lines)
    if not (migration.python and changes and "BEGIN;" in lines):
        return []
    return [("python-beside-schema", "its Python runs while its change of the schema holds locks")]
