"""A world comes up; a second `up` changes nothing; `down` leaves no trace; `up` then brings the data back."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

import psutil

from local import supervisor
from local.firestore_client import firestore_client
from local.linode.machine import Machine
from local.seed.register import MEMBERS
from local.services.readiness import wait_until_ready
from local.sync_run import count_members
from local.world import ROOT
from tests.figures import Tell
from tests.world.live_world import LiveWorld, copy_of_the_program

SOURCE = 'ROOT / "linode"'
DATABASES = (None, "rights", "erased", "login-limits")
MARK = "Kom aftur 12"
MOVE = """
UPDATE membership_simpleaddress SET street_address = '{street}'
WHERE comrade_id = (SELECT id FROM membership_comrade WHERE ssn = '{kennitala}')
"""
LIVING_AT = "SELECT count(*) FROM membership_simpleaddress WHERE street_address = '{street}'"


def test_every_service_of_the_table_runs(world: LiveWorld) -> None:
    services = {service["name"]: service["state"] for service in world.arrival["services"]}
    assert {
        "firestore",
        "auth",
        "kenni",
        "mail",
        "ingress",
        "eventarc",
        "scheduler",
        "hosting",
        "host",
        "django",
    } <= set(services)
    assert set(services.values()) == {"running"}


def test_the_first_sync_copied_every_member(world: LiveWorld, tell: Tell) -> None:
    first = world.arrival["first_sync"]
    tell(f"first full sync of {MEMBERS} members: {first['seconds']:.1f} s")
    assert (first["status"], first["failed"]) == ("success", 0)
    assert first["members"] == MEMBERS


def test_a_second_up_changes_nothing(world: LiveWorld, tell: Tell) -> None:
    again = world.up()
    tell(f"second up: {again['seconds']['total']:.1f} s")
    assert set(again["resources"]) == {"unchanged"}
    assert again["first_sync"] is None


def test_an_edited_test_of_django_is_no_change(world: LiveWorld, tmp_path: Path) -> None:
    """The program with a copy of `linode/` in which a test differs; everything else is the repository's."""
    program = copy_of_the_program(tmp_path)
    linode = shutil.copytree(ROOT / "linode", tmp_path / "linode")
    edited = next(linode.glob("backend/*/tests/test_*.py"))
    edited.write_text(edited.read_text() + "# edited\n")
    module = program / "linode_host.py"
    assert SOURCE in module.read_text()
    module.write_text(module.read_text().replace(SOURCE, f"Path({str(linode)!r})"))
    preview = world.pulumi("preview", "--expect-no-changes", folder=tmp_path)
    assert preview.returncode == 0, preview.stdout + preview.stderr


def test_down_leaves_nothing_and_up_brings_the_data_back(world: LiveWorld) -> None:
    kennitala = world.test_persons[0]["kennitala"]
    world.psql(MOVE.format(street=MARK, kennitala=kennitala))
    databases = [firestore_client(world.world, name) for name in DATABASES]
    for database in databases:
        database.document("kept/mark").set({"text": MARK})
    world.run("down")
    assert _traces(world) == []
    world.up()
    assert world.psql(LIVING_AT.format(street=MARK)) == "1"
    assert {database.document("kept/mark").get().get("text") for database in databases} == {MARK}
    assert count_members(world.firestore) == MEMBERS


def test_a_program_that_dies_comes_back(world: LiveWorld) -> None:
    before = supervisor.programs(world.world)["hosting"].pid
    psutil.Process(before).kill()
    deadline = time.monotonic() + 60
    while (now := supervisor.programs(world.world)["hosting"]).pid in (
        0,
        before,
    ) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert now.pid not in (0, before)
    wait_until_ready(world.world, "hosting")


def test_logs_shows_chosen_programs_only(world: LiveWorld) -> None:
    shown = world.run("logs", "--once", "scheduler", "host").stdout
    assert {line.split()[0] for line in shown.splitlines()} <= {"scheduler", "host"}


def test_doctor_finds_nothing_required(world: LiveWorld) -> None:
    assert world.run("doctor").returncode == 0


def _answers(address: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


def _traces(world: LiveWorld) -> list[str]:
    """Whatever a world could leave on a machine: processes, mounts, network, firewall, ports."""
    machine, state = Machine(world.world), str(world.world.state)
    looks = {
        "mount": Path("/proc/mounts").read_text(),
        "namespace": _output("ip", "netns", "list"),
        "link": _output("ip", "link", "show"),
        "table": _output("nft", "list", "tables"),
    }
    names = {"mount": state, "namespace": machine.name, "link": machine.link, "table": machine.table}
    found = [what for what, text in looks.items() if names[what] in text]
    found += [
        f"process {command}" for command in _commands() if state in command or f" {world.name}" in command
    ]
    ports = world.world.ports.values()
    return found + [f"port {port}" for port in ports if _answers(world.world.address, port)]


def _commands() -> list[str]:
    return [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
