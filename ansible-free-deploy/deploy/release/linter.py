"""Judges migrations by their SQL before they run on a site that serves.

What SQL does to a PostgreSQL under load is squawk's knowledge (https://squawkhq.com/docs/rules); its rules
are sorted here by what they mean for a deploy. Those about taste are left out, and those about time-outs:
every migration runs under both (`django_manage.MIGRATION_TIMEOUTS`).
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
"""Rewrites or scans a table while others wait for it: refused whenever the site serves."""
BREAKING = frozenset(
    {
        "adding-not-nullable-field",
        "adding-required-field",
        "ban-drop-column",
        "ban-drop-default",
        "ban-drop-table",
    }
)
"""Takes away what the release before needs, or asks more of it: refused before the switch."""
HOPELESS = frozenset({"renaming-column", "renaming-table", "syntax-error", "unknown-sql"})
"""Right neither before the switch nor after it; or nobody can tell."""

Argued = Mapping[str, Mapping[str, str]]
"""By migration: the rules it may break, each with the reason."""


class Migration(BaseModel):
    """A pending migration, as `manage.py migration_plan` tells it."""

    name: str
    sql: str | None = None
    python: bool = False


class Finding(BaseModel):
    """What speaks against a migration."""

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
    """What speaks against running it then on that release of PostgreSQL (150017 is 15.17)."""
    if migration.sql is None:
        message = "its SQL cannot be told before the migrations ahead of it were applied"
        return [Finding(migration=migration.name, rule="unknown-sql", message=message)]
    wanted = LOCKING | HOPELESS | (frozenset() if after_switch else BREAKING)
    complaints = [*_squawk(migration.sql, postgresql), *_python_beside_schema(migration)]
    found = {rule: message for rule, message in complaints if rule in wanted}
    return [Finding(migration=migration.name, rule=rule, message=text) for rule, text in found.items()]


def unargued(findings: list[Finding], argued: Argued) -> list[Finding]:
    """Those that the list says nothing about."""
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
    """Whether Python runs in the same transaction as a change of the schema, which squawk cannot see."""
    lines = (migration.sql or "").splitlines()
    changes = any(line.startswith(("ALTER ", "CREATE ", "DROP ")) for line in lines)
    if not (migration.python and changes and "BEGIN;" in lines):
        return []
    return [("python-beside-schema", "its Python runs while its change of the schema holds locks")]
