"""Problems are reported before anything is started, each with what to do about it."""

from __future__ import annotations

import io
import shutil
import socket
from collections import namedtuple

import pytest
from rich.console import Console

from local import doctor, preflight, stack_settings
from local.preflight import Problem
from local.toolchain import catalogue
from local.toolchain.tool import Tool
from local.world import World, WorldError

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def healthy(empty_home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without problems."""
    monkeypatch.setattr(catalogue, "TOOLS", ())
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, preflight.DISK_BYTES))


@pytest.mark.usefixtures("healthy")
def test_a_healthy_machine_has_no_problems() -> None:
    assert list(preflight.machine_problems()) == []


@pytest.mark.usefixtures("healthy")
def test_a_full_disk_is_told_with_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 1024**3))
    problem = next(preflight.machine_problems())
    assert str(problem).startswith("1.0 GiB are free at")
    assert str(problem).endswith("make room for 3 GiB")


@pytest.mark.usefixtures("healthy")
def test_an_ordinary_user_without_sudo_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", "")
    assert [problem.what for problem in preflight.machine_problems()] == ["no root"]


@pytest.mark.usefixtures("healthy")
def test_a_missing_tool_stops_and_an_optional_one_does_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    optional = Tool("python 3.6", "the host", lambda: None, str, without="the newest is taken")
    monkeypatch.setattr(catalogue, "TOOLS", (optional,))
    preflight.require_clear(world)
    monkeypatch.setattr(catalogue, "TOOLS", (optional, Tool("node", "the portal", lambda: None, str)))
    with pytest.raises(WorldError, match=r"node is missing \(the portal\): run `make up`"):
        preflight.require_clear(world)


@pytest.mark.usefixtures("empty_home")
def test_a_busy_port_is_told_with_its_holder(world: World) -> None:
    with socket.create_server((world.address, world.ports["portal"])):
        (problem,) = preflight.busy_ports(world)
    assert "port 8400 (portal) on 127.85.63.1 is taken by process" in problem.what
    assert list(preflight.busy_ports(world)) == []


def test_the_doctors_status_is_that_of_the_required() -> None:
    output = io.StringIO()
    optional, required = Problem("a", "do b", required=False), Problem("c", "do d")
    assert doctor.report([optional], Console(file=output)) == 0
    assert doctor.report([optional, required], Console(file=output)) == 1
    assert doctor.report([], Console(file=output)) == 0
    assert output.getvalue() == "○ a: do b\n○ a: do b\n✗ c: do d\nnothing is missing and nothing is wrong\n"


@pytest.mark.usefixtures("healthy")
def test_the_doctor_tells_of_wrong_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_name: str) -> World:
        raise WorldError("Pulumi.local.yaml: not a setting: x")

    monkeypatch.setattr(stack_settings, "ensure_world", refuse)
    (problem,) = doctor.examine("local")
    assert str(problem) == "the settings are wrong: Pulumi.local.yaml: not a setting: x"
