"""The commands that `pulumi up` runs are programs: each starts, and fails in one line."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import ModuleType

import pytest

import infra
from infra import google_apis, policies
from infra.google_apis import await_apis, release_rules
from tools.program_run import ROOT

COMMANDS = {"await_apis": await_apis, "release_rules": release_rules}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_a_program(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"infra.google_apis.{name}"],
        cwd=ROOT,
        input='{"project": 1}',
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name}: settings: ")
    assert done.stderr.count("\n") == 1


def test_the_program_finds_the_deploys_wherever_it_is_started(tmp_path: Path) -> None:
    """Their folder is no package: importing `infra` puts it on the path."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import infra, deploy.release.source_tree as it; "
    done = subprocess.run(
        [sys.executable, "-c", f"{code}print(it.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).is_relative_to(ROOT / "ansible-free-deploy")


def modules() -> Iterator[ModuleType]:
    """All of the program but its entry, and the policy pack, which has an environment of its own."""
    for package in (infra, google_apis, policies):
        for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if not each.ispkg and not each.name.endswith("__main__"):
                yield importlib.import_module(each.name)


def test_what_the_parts_hand_to_one_another_cannot_be_changed() -> None:
    """So no part changes what another has declared."""
    classes = {
        each
        for module in modules()
        for each in vars(module).values()
        if isinstance(each, type) and each.__module__ == module.__name__ and is_dataclass(each)
    }
    assert len(classes) > 10
    thawed = {each.__name__ for each in classes if not each.__dataclass_params__.frozen}  # type: ignore[attr-defined]
    assert thawed == set()
