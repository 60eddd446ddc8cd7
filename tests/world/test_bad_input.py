"""A mistake that the user can correct gives one clear line and a status that is not 0, and starts nothing."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from local import stack_settings, supervisor
from local.linode.machine import Machine
from local.services import emulator_tools
from local.toolchain import firestore_emulator
from local.toolchain.tool import BIN
from local.world import CACHE, ROOT, World, stack_file
from tests.world.live_world import TEST_PREFIX, claim_ownership, run_command


@pytest.fixture
def down() -> Iterator[World]:
    """A world that has its settings and does not run."""
    name = f"{TEST_PREFIX}{secrets.token_hex(3)}"
    claim_ownership(name)
    yield stack_settings.ensure_world(name)
    run_command("clean", "--yes", "--world", name)


def complaint(world: World, **environment: str) -> str:
    """The one line that `up` prints on standard error, having started nothing."""
    done = run_command("up", "--world", world.name, check=False, **environment)
    assert done.returncode == 1, done.stdout + done.stderr
    assert not supervisor.is_running(world)
    assert not Machine(world).root.exists()
    (line,) = done.stderr.strip().splitlines()
    return line


def test_an_unknown_setting(down: World) -> None:
    path = stack_file(down.name)
    settings = yaml.safe_load(path.read_text())
    settings["config"]["ekklesia:wrokers"] = 4
    path.write_text(yaml.safe_dump(settings))
    assert complaint(down).endswith(f"Pulumi.{down.name}.yaml: not a setting: ekklesia:wrokers")


def test_a_name_that_is_none() -> None:
    done = run_command("up", "--world", "../elsewhere", check=False)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "is no name for a world" in done.stderr


def test_a_busy_port_names_its_holder(down: World) -> None:
    with socket.create_server((down.address, down.ports["portal"])):
        line = complaint(down)
    assert f"port {down.ports['portal']} (portal) on {down.address} is taken by process" in line


def test_a_missing_tool_that_nothing_can_install(down: World, tmp_path: Path) -> None:
    without = _path_without("gcloud", tmp_path)
    nowhere = {
        "FIRESTORE_EMULATOR_JAR": str(tmp_path / "none"),
        firestore_emulator.MIRROR: "http://127.0.0.1:1",
    }
    line = complaint(down, PATH=without, HOME=_home(tmp_path), **nowhere)
    assert line.startswith("up: firestore emulator: http://127.0.0.1:1/")
    assert "cannot be reached" in line
    assert line.endswith("or FIRESTORE_EMULATOR_JAR to a jar that you have")


def test_no_root_and_no_sudo(down: World, tmp_path: Path) -> None:
    """The command runs in a user namespace, as an ordinary user."""
    as_user = ["unshare", "--user", "--map-user=1000", "env", f"PATH={_path_without('sudo', tmp_path)}"]
    command = [*as_user, sys.executable, "-m", "local", "up", "--world", down.name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "no root: run this as root, or install sudo"
    assert not supervisor.is_running(down)


def test_a_world_that_is_not_there() -> None:
    for command in ("down", "status", "logs", "clean"):
        done = run_command(command, "--world", "test-nowhere", check=False)
        assert done.returncode == 1
        assert "does not exist; run `make up` first" in done.stderr


def test_clean_asks_before_it_removes(down: World) -> None:
    done = run_command("clean", "--world", down.name, check=False)
    assert done.returncode == 1
    assert "nothing removed" in done.stderr
    assert stack_file(down.name).exists()


def test_an_unknown_command() -> None:
    done = run_command("upp", check=False)
    assert done.returncode == 2
    assert "invalid choice: 'upp'" in done.stderr


def _path_without(tool: str, folder: Path) -> str:
    """A PATH with everything except one tool."""
    links = folder / f"without-{tool}"
    links.mkdir()
    for place in (
        BIN,
        *map(Path, ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")),
    ):
        for program in place.iterdir() if place.is_dir() else ():
            if program.name != tool and not (links / program.name).is_symlink():
                (links / program.name).symlink_to(program)
    return str(links)


def _home(folder: Path) -> str:
    """A home folder with this user's cache of tools, but without any jar of the emulator."""
    cache = folder / ".cache" / CACHE.name
    cache.mkdir(parents=True)
    for entry in CACHE.iterdir():
        if entry != emulator_tools.JARS:
            (cache / entry.name).symlink_to(entry)
    return str(folder)
