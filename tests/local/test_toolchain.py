"""A tool is found, installed or reported as missing; one that is there already is left alone."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from local.linode import host
from local.steps import Say
from local.toolchain import catalogue, node, node_packages, python36, system_packages
from local.toolchain.tool import Tool, ToolMissingError, run_logged
from local.world import World

NOBODY = 65534


def no_install(_say: Say) -> str:
    raise ToolMissingError("nobody has it")


def installed(say: Say) -> str:
    say("fetching it")
    return "installed it"


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


def ensure(monkeypatch: pytest.MonkeyPatch, output: io.StringIO, *tools: Tool) -> str:
    monkeypatch.setattr(catalogue, "TOOLS", tools)
    catalogue.ensure_all(Console(file=output, width=200))
    return output.getvalue()


def test_what_is_there_is_not_installed(monkeypatch: pytest.MonkeyPatch, output: io.StringIO) -> None:
    tool = Tool("node", "portal", lambda: "v20 at /usr/bin/node", no_install)
    assert ensure(monkeypatch, output, tool).startswith("node                v20 at /usr/bin/node · portal (")


def test_what_is_not_there_is_installed(monkeypatch: pytest.MonkeyPatch, output: io.StringIO) -> None:
    said = ensure(monkeypatch, output, Tool("node", "portal", lambda: None, installed))
    assert "not here; installing it" in said
    assert "fetching it" in said
    assert "installed it" in said


def test_on_a_terminal_it_tells_how_long_it_has_been_going_on(
    monkeypatch: pytest.MonkeyPatch, output: io.StringIO
) -> None:
    monkeypatch.setattr(catalogue, "TOOLS", (Tool("node", "portal", lambda: None, installed),))
    catalogue.ensure_all(Console(file=output, force_terminal=True, width=200))
    assert "fetching it" in output.getvalue()
    assert "0:00:00" in output.getvalue()


def test_a_required_tool_that_cannot_be_had_stops(
    monkeypatch: pytest.MonkeyPatch, output: io.StringIO
) -> None:
    with pytest.raises(ToolMissingError, match="node: nobody has it"):
        ensure(monkeypatch, output, Tool("node", "portal", lambda: None, no_install))


def test_an_optional_tool_says_what_works_without(
    monkeypatch: pytest.MonkeyPatch, output: io.StringIO
) -> None:
    tool = Tool("python 3.6", "production's", lambda: None, no_install, without="the newest is taken")
    assert "missing: nobody has it; the newest is taken" in ensure(monkeypatch, output, tool)


def test_the_package_of_an_executable_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    packages = {"coreutils": "ls", "no-such": "no-such-executable", "nothing": "/no/such/*/place"}
    monkeypatch.setattr(system_packages, "PACKAGES", packages)
    assert system_packages.missing() == ["no-such", "nothing"]
    assert system_packages.find() is None


@pytest.mark.parametrize(("version", "found"), [("v20.20.2", True), ("v18.19.0", False), ("", False)])
def test_an_old_node_is_none(
    version: str, found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{version}'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (node.find() is not None) is found


def test_packages_are_installed_again_when_their_lock_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = {"name": "empty", "lockfileVersion": 3, "packages": {"": {"name": "empty"}}}
    (tmp_path / "package.json").write_text(json.dumps({"name": "empty"}))
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    monkeypatch.setattr(node_packages, "FOLDERS", (tmp_path,))
    monkeypatch.setattr(node_packages, "ROOT", tmp_path.parent)
    monkeypatch.setattr(node_packages, "KEPT", tmp_path / "kept")
    assert node_packages.find() is None
    node_packages.install(print)
    assert node_packages.find() == tmp_path.name
    (tmp_path / "package-lock.json").write_text(json.dumps(lock, indent=1))
    assert node_packages.find() is None


def test_packages_that_another_clone_installed_are_not_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(node_packages, "FOLDERS", (tmp_path,))
    monkeypatch.setattr(node_packages, "ROOT", tmp_path.parent)
    monkeypatch.setattr(node_packages, "KEPT", tmp_path / "kept")
    kept = tmp_path / "kept" / hashlib.sha256(b"{}").hexdigest()
    (kept / "left-pad").mkdir(parents=True)
    (kept / "left-pad" / "index.js").write_text("export default 1;")
    (kept / node_packages.STAMP).write_text(kept.name)
    monkeypatch.setenv("PATH", "")
    node_packages.install(print)
    assert (tmp_path / "node_modules" / "left-pad" / "index.js").read_text() == "export default 1;"
    assert node_packages.find() == tmp_path.name


def test_a_shim_of_pyenv_is_no_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shims = tmp_path / "shims"
    shims.mkdir()
    (shims / "python3.6").write_text("#!/bin/sh\nexit 127\n")
    (shims / "python3.6").chmod(0o755)
    monkeypatch.setenv("PATH", str(shims))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert python36.find() is None


@pytest.fixture
def nobody() -> Iterator[None]:
    """Run as an ordinary user: file permissions do not apply to root."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(own)


def test_a_pyenv_of_somebody_else_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    python = tmp_path / "versions" / "3.6.15" / "bin" / "python3.6"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert python36.find() == str(python)
    tmp_path.chmod(0)
    request.getfixturevalue("nobody")
    assert python36.find() is None


def test_the_host_finds_a_pyenv_that_is_nobodys_home(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYENV_ROOT", "/opt/pyenv")
    assert host.program(world).environment["PYENV_ROOT"] == "/opt/pyenv"


def test_a_long_commands_failure_names_its_log() -> None:
    with pytest.raises(ToolMissingError, match=r"`sh` failed: no such thing \(see .*unit-test\.log\)"):
        run_logged("unit-test", ["sh", "-c", "echo no such thing; exit 3"])
