"""A running world, with the ways in which tests use it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import psutil
import yaml
from google.cloud import firestore

from local import host_manage
from local.django_site import site_client, site_url
from local.environment import extend_path, pulumi_environment
from local.exclusive import exclusively
from local.firestore_client import firestore_client
from local.linode.inside import as_root
from local.linode.machine import Machine
from local.logins import STAFF, Logins
from local.seed.register import TEST_PERSONS, Person
from local.world import LOCAL, ROOT, STACKS, World

TEST_PREFIX = "test-"
OWNER_FILE = "owner.json"
COMMAND_SECONDS = 1500


@dataclass
class LiveWorld:
    """A world that is up, with everything that a test may ask of it.

    `arrival`: the answer of `up --json` when the world first came up.
    """

    name: str
    arrival: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def world(self) -> World:
        """Its address, ports and folder."""
        return World.load(self.name)

    @property
    def portal_url(self) -> str:
        """The portal's address."""
        return self.world.url("portal")

    @property
    def functions_url(self) -> str:
        """The functions' base URL; a function is at `/NAME`."""
        return self.world.url("functions")

    @property
    def django_url(self) -> str:
        """The Django site; its certificate is signed by `authority`."""
        return site_url(self.world)

    @property
    def authority(self) -> Path:
        """The certificate authority of the world's host, as PEM."""
        return Machine(self.world).tls / "ca.pem"

    @property
    def admin_login(self) -> tuple[str, str, str]:
        """User name and password of Django's staff, and a code of their second factor."""
        logins = Logins(self.world)
        return STAFF, logins.password(), logins.authenticator().code()

    @property
    def test_persons(self) -> tuple[Person, ...]:
        """Who can log in at the stand-in for Kenni.is."""
        return TEST_PERSONS

    @property
    def firestore(self) -> firestore.Client:
        """The database, as its owner."""
        return firestore_client(self.world)

    def django(self) -> httpx.Client:
        """A client of the Django site that trusts its certificate."""
        return site_client(self.world)

    def psql(self, sql: str) -> str:
        """Run SQL in the host's database as its superuser. Returns a line per row, `|` between columns."""
        command = "runuser -u postgres -- psql --no-psqlrc --quiet --tuples-only --no-align ekklesia"
        return self.shell(command, sql).strip()

    def shell(self, command: str, content: str = "") -> str:
        """Run a command on the host as root. Returns its output."""
        words = as_root(Machine(self.world), command)
        done = subprocess.run(words, input=content, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fab(self, *arguments: str, content: str = "") -> str:
        """Run a Fabric task against the host."""
        return host_manage.fab(self.world, *arguments, content=content)

    def run(self, command: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """`python -m local COMMAND --world NAME …`."""
        return run_command(command, "--world", self.name, *arguments, check=check)

    def up(self) -> dict[str, Any]:
        """Bring the world up. Returns the answer of `up --json`."""
        return dict(json.loads(self.run("up", "--json").stdout))

    def pulumi(self, *arguments: str, folder: Path = ROOT / "local") -> subprocess.CompletedProcess[str]:
        """Run the Pulumi CLI on the world's stack."""
        command = ["pulumi", *arguments, "--stack", self.name, "--cwd", str(folder), "--non-interactive"]
        environment = {**os.environ, **pulumi_environment()}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def run_command(*arguments: str, check: bool = True, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m local …` with `changes` to the environment. A failure shows the whole output."""
    command = [sys.executable, "-m", "local", *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **changes},
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0 or not check, done.stdout + done.stderr
    return done


@contextmanager
def name_of_a_world() -> Iterator[str]:
    """A name for a world of this run. A world with this name is removed afterwards, whatever happens."""
    remove_leftovers()
    name = f"{TEST_PREFIX}{secrets.token_hex(3)}"
    claim_ownership(name)
    try:
        yield name
    finally:
        run_command("clean", "--yes", "--world", name)


def claim_ownership(name: str) -> None:
    """Record which process owns a test's world."""
    owner = psutil.Process()
    path = LOCAL / name / OWNER_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"pid": owner.pid, "created": owner.create_time()}))


def remove_leftovers() -> None:
    """Clean the worlds of test runs that were killed: those whose owning process no longer runs."""
    with exclusively(LOCAL / "leftovers.lock"):
        for path in STACKS.glob(f"Pulumi.{TEST_PREFIX}*.yaml"):
            name = path.stem.removeprefix("Pulumi.")
            if not _owner_lives(name):
                run_command("clean", "--yes", "--world", name)


def _owner_lives(name: str) -> bool:
    path = LOCAL / name / OWNER_FILE
    if not path.exists():
        return False
    owner = json.loads(path.read_text())
    try:
        return bool(psutil.Process(owner["pid"]).create_time() == owner["created"])
    except psutil.NoSuchProcess:
        return False


def copy_of_the_program(folder: Path) -> Path:
    """Make a project of the one-machine world that runs a copy of `infra/`. Returns the copy's folder.

    All other files (those that are archived, hashed and deployed) stay the repository's own.
    """
    copy = folder / "infra"
    shutil.copytree(ROOT / "infra", copy, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    names = copy / "names.py"
    own_root = "ROOT = Path(__file__).resolve().parent.parent"
    assert own_root in names.read_text()
    names.write_text(names.read_text().replace(own_root, f"ROOT = Path({str(ROOT)!r})"))
    write_project(folder, main=copy, stacks=STACKS)
    return copy


def write_project(folder: Path, main: Path, stacks: Path) -> None:
    """The project file of the one-machine world, for another program or other settings."""
    project = yaml.safe_load((ROOT / "local" / "Pulumi.yaml").read_text())
    # Pulumi accepts both only relative to the project file.
    project["main"] = os.path.relpath(main, folder)
    project["stackConfigDir"] = os.path.relpath(stacks, folder)
    project["runtime"]["options"]["virtualenv"] = str(ROOT / ".venv")
    for provider in project["plugins"]["providers"]:
        provider["path"] = str(ROOT / "local" / provider["path"])
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))


extend_path()
