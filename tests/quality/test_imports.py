"""What import-linter says of the packages that have a contract (`.importlinter`): it is kept."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.quality.conftest import ROOT, Check

CONTRACT = ".importlinter"
LINT = (str(Path(sys.executable).parent / "lint-imports"), "--no-cache")
UPWARDS = [
    ("ansible-free-deploy", "deploy/remote/layout.py", "from deploy.tasks import namespace"),
    ("ansible-free-deploy", "deploy/backup/backups.py", "from deploy.provision import facts"),
    ("ansible-free-deploy", "deploy/release/source_tree.py", "import fabric"),
]
"""By folder: a module, and an import that its contract forbids."""


def test_every_contract_is_kept(tracked: Callable[..., list[Path]], passes: Check) -> None:
    contracts = tracked(CONTRACT, f"*/{CONTRACT}")
    assert contracts
    for contract in contracts:
        passes(*LINT, folder=contract.parent)


@pytest.mark.parametrize(("folder", "module", "wrong"), UPWARDS)
def test_a_forbidden_import_is_found(tmp_path: Path, folder: str, module: str, wrong: str) -> None:
    copy = tmp_path / folder
    shutil.copytree(ROOT / folder, copy, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    with (copy / module).open("a") as source:
        source.write(f"\n{wrong}\n")
    told = subprocess.run(LINT, cwd=copy, capture_output=True, text=True, check=False)
    assert told.returncode == 1, told.stderr
    assert "BROKEN" in told.stdout


def test_no_module_of_the_deploys_has_a_bare_name() -> None:
    """What is on the path there is the package and nothing beside it."""
    assert [path.name for path in (ROOT / "ansible-free-deploy").glob("*") if path.name[0] not in "._"] == [
        "deploy"
    ]
