"""The documents say what is so: links, paths, commands, tests and libraries that they name exist."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from deploy.tasks.namespace import namespace
from tests.quality.conftest import ROOT

LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
COMMAND = re.compile(r"^\$ (.+?)(?:\s+#.*)?$", re.MULTILINE)
PATH = re.compile(r"`([\w.-]+/[\w./*-]*)`")
MADE_BY_A_RUN = "bench/results.json"
REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)", re.MULTILINE)


def _documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "tests" / "README.md"]


def _declared() -> Iterator[str]:
    """Every library that some part of the project declares."""
    for place in (ROOT, ROOT / "infra" / "policies" / "pack"):
        project = tomllib.loads((place / "pyproject.toml").read_text())
        groups = project.get("dependency-groups", {}).values()
        declared = [*project["project"]["dependencies"], *(item for group in groups for item in group)]
        for requirement in declared:
            if isinstance(requirement, str):
                yield REQUIREMENT.findall(requirement)[0]
    for path in ROOT.glob("linode/requirements/*.in"):
        yield from (name for name in REQUIREMENT.findall(path.read_text()))
    for folder in ("portal", "local/node", "tests/observatory"):
        package = json.loads((ROOT / folder / "package.json").read_text())
        yield from {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    for path in ROOT.glob("local/toolchain/*/go.mod"):
        yield re.findall(r"^tool (.+?)/cmd/", path.read_text(), re.MULTILINE)[0]


@pytest.mark.parametrize("document", _documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    dead = [
        target for target in LINK.findall(document.read_text()) if not (document.parent / target).exists()
    ]
    assert dead == []


@pytest.mark.parametrize("document", _documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_that_is_named_exists(document: Path, tracked: Callable[..., list[Path]]) -> None:
    """A path that begins with a folder of the repository's root is one of the repository."""
    folders = {path.relative_to(ROOT).parts[0] for path in tracked()}
    named = [path for path in PATH.findall(document.read_text()) if path.split("/")[0] in folders]
    assert [path for path in named if not [*ROOT.glob(path)] and path != MADE_BY_A_RUN] == []


@pytest.mark.parametrize("document", _documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_test_that_is_named_exists(document: Path) -> None:
    """`tests/FILE.py::NAME`: the function or class stands in the file."""
    named = re.findall(r"`(tests/[\w./-]+\.py)::(\w+)`", document.read_text())
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not re.search(rf"^ *(?:def|class) {name}\b", (ROOT / file).read_text(), re.MULTILINE)
    ]
    assert missing == []


@pytest.mark.parametrize("document", sorted(ROOT.glob("docs/howto/*.md")), ids=lambda path: path.stem)
class TestHowTo:
    def test_every_name_stands_in_the_sources(
        self, document: Path, tracked: Callable[..., list[Path]]
    ) -> None:
        """Each name between backquotes is a word of some source: `begin`, `FunctionSpec`, `function_urls`."""
        sources = "\n".join(path.read_text() for path in tracked("*.py", "*.js", "*.mjs", "*.yaml", "*.json"))
        named = set(re.findall(r"`([A-Za-z_]\w+)(?:\(\))?`", _without_examples(document)))
        words = set(re.findall(r"\w+", sources))
        assert named - words == set()

    def test_every_command_can_be_run(self, document: Path) -> None:
        commands = COMMAND.findall(document.read_text())
        assert commands
        for command in commands:
            program, *words = shlex.split(command)
            assert _is_command(program, words), command


def _without_examples(document: Path) -> str:
    """The text without its code blocks, which may show what the reader is about to write."""
    return re.sub(r"^```.*?^```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)


def _is_command(program: str, words: list[str]) -> bool:
    if program == "make":
        return (
            subprocess.run(
                ["make", "--dry-run", *words], cwd=ROOT, capture_output=True, check=False
            ).returncode
            == 0
        )
    if program == "fab":
        return words[0] in {*namespace.task_names, "--list"}
    if program == ".venv/bin/python":
        return words[:2] == ["-m", "pytest"] and all(
            (ROOT / word).exists() for word in words[2:] if word[0] != "-"
        )
    return False


def test_every_fabric_task_is_named_in_a_document() -> None:
    """Except those that only the Pulumi program calls, and the long names of `fab backup` and `fab sync`."""
    documents = [path for path in _documents() if path.name != "CHANGELOG.md"]
    assert set(namespace.task_names) - _fabric_tasks(documents) == {
        "nudge-key",
        "backup-key",
        "backup.make",
        "sync.run",
    }


def test_every_fabric_task_that_the_documents_name_exists() -> None:
    documents = [path for path in _documents() if path.name != "CHANGELOG.md"]
    assert _fabric_tasks(documents) - {*namespace.task_names, "backup", "sync"} == set()


def _fabric_tasks(documents: Iterable[Path]) -> set[str]:
    """Tasks that are written as a command, in a console's line or between backquotes."""
    command = re.compile(r"(?:`|^\$ )(?:FABRIC_STACK=\w+ )?fab ([a-z][a-z.-]*[a-z])", re.MULTILINE)
    return {name for path in documents for name in command.findall(path.read_text())}


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text()
    named = {name.removesuffix("*") for name in re.findall(r"`([^`]+)`", text)}
    unexplained = {name for name in _declared() if name not in named and not name.startswith("types-")}
    assert unexplained == set()


def test_no_reason_is_given_for_what_is_not_there() -> None:
    rows = re.findall(r"^\| (`.+?) \|", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)} - {"types-*"}
    assert named - set(_declared()) == set()


def test_every_make_target_that_the_documents_name_exists() -> None:
    text = "\n".join(path.read_text() for path in _documents())
    named = set(
        re.findall(
            r"\bmake ([a-z]+)\b(?=[`\s])", "\n".join(re.findall(r"`make [a-z]+`|^\$ make .+", text, re.M))
        )
    )
    assert {"up", "test"} <= named
    for target in sorted(named):
        done = subprocess.run(
            ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs" / "adr" / "README.md").read_text()
    assert [path.name for path in ROOT.glob("docs/adr/0*.md") if path.name not in listed] == []
