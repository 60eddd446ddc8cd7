"""The contracts of imports: each is checked, and each notices an import that it forbids."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.quality.conftest import ROOT
from tools.checkers import CONTRACTS, LINT_IMPORTS, Checker
from tools.running import run

CONTRACT = ".importlinter"
FORBIDDEN = [
    ("ansible-free-deploy", "deploy/remote/layout.py", "from deploy.tasks import namespace"),
    ("ansible-free-deploy", "deploy/backup/backups.py", "from deploy.provision import facts"),
    ("ansible-free-deploy", "deploy/release/source_tree.py", "import fabric"),
    ("functions", "runtime/logs.py", "from sync import peer"),
    ("functions", "sync/order.py", "from sync import runs"),
    ("functions", "handlers/portal.py", "import main"),
    ("linode/backend", "merge_engine/merge.py", "import django"),
    ("linode/backend", "merge_engine/merge.py", "from membership import audit"),
    ("linode/backend", "membership/models.py", "from sync import nudge"),
    ("linode/backend", "sync/apply.py", "from merge_engine.tests import in_memory"),
]
"""By folder: a module, and an import that the folder's contract forbids there."""


def test_every_contract_is_checked(tracked: Callable[..., list[Path]]) -> None:
    found = {path.parent for path in tracked(CONTRACT, f"*/{CONTRACT}")}
    assert found == {ROOT / folder for folder in CONTRACTS}


def test_every_contract_has_an_import_that_it_must_find() -> None:
    assert {folder for folder, _, _ in FORBIDDEN} == set(CONTRACTS)


@pytest.mark.parametrize(("folder", "module", "wrong"), FORBIDDEN)
def test_a_forbidden_import_is_found(tmp_path: Path, folder: str, module: str, wrong: str) -> None:
    copy = tmp_path / folder
    shutil.copytree(ROOT / folder, copy, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    with (copy / module).open("a") as source:
        source.write(f"\n{wrong}\n")
    outcome = run(Checker("imports", LINT_IMPORTS, copy))
    assert not outcome.is_well
    assert "BROKEN" in outcome.output


def test_the_deploys_have_no_module_with_a_bare_name() -> None:
    """Their folder is on the path, so whatever lay beside the package would be a name for everybody."""
    present = {path.name for path in (ROOT / "ansible-free-deploy").iterdir()}
    assert {name for name in present if not name.startswith((".", "__"))} == {"deploy"}
