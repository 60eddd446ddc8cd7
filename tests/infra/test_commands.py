"""The commands that `pulumi up` runs are programs: each starts, and fails in one line."""

from __future__ import annotations

import importlib
import io
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

import infra
from infra import google_apis, policies
from infra.google_apis import await_apis, command, release_rules
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


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("no JSON", "await_apis: settings: standard input: "),
        ({"project": "p", "questions": {"run": 1}}, "await_apis: settings: questions.run: "),
        ({"project": "p", "questions": {}, "colour": "red"}, "await_apis: settings: colour: "),
    ],
)
def test_a_mistake_in_what_a_command_is_told_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], told: object, words: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(told if isinstance(told, str) else json.dumps(told)))
    assert command.main("await_apis", await_apis.Told, await_apis.run) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(words)


def test_progress_is_seen_as_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulumi shows it from a pipe, in which Python would keep it until the end."""

    class Pipe(io.StringIO):
        flushed = ""

        def flush(self) -> None:
            self.flushed = self.getvalue()

    pipe = Pipe()
    monkeypatch.setattr("sys.stdout", pipe)
    command.progress()("not yet")
    assert re.fullmatch(r" +\d\.\d s  not yet\n", pipe.flushed)


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


def test_the_program_finds_its_modules_wherever_it_is_started(tmp_path: Path) -> None:
    """Pulumi puts the program's folder on the path, and not the root in which it is a package."""
    done = subprocess.run(
        [sys.executable, "-P", str(ROOT / "infra")], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "RunError: Pulumi.stack.yaml: gcp:project: is missing" in done.stderr


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
    models = {
        each
        for module in modules()
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, BaseModel) and each is not BaseModel
    }
    assert len(models) > 5
    thawed |= {each.__qualname__ for each in models if not each.model_config.get("frozen")}
    assert thawed == set()
