"""A world for the provider, and the real Pulumi CLI with a small program."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
import yaml

from local import places, supervisor
from local.environment import search_path
from local.world import WORLD_KEY, World, stack_file

PROGRAM = Path(__file__).parent / "program"
PORTS = ("portal", "functions", "googleapis", "firestore", "auth", "kenni", "eventarc", "mail", "smtp")
FIRST_PORT = 8400
PATIENCE_SECONDS = 300


@pytest.fixture(scope="session")
def provider_world() -> Iterator[World]:
    """A world without services, except those that the provider starts."""
    name = f"provider-{os.getpid()}"
    place = places.claim(stack_file(name))
    write_world(name, place.address, place.network)
    world = World.load(name)
    yield world
    supervisor.stop_daemon(world)
    shutil.rmtree(world.state, ignore_errors=True)
    stack_file(name).unlink()
    places.release(stack_file(name))


def write_world(name: str, address: str, network: IPv4Network) -> None:
    """Write a world's facts as `make up` does."""
    ports = {port: FIRST_PORT + number for number, port in enumerate(PORTS)}
    facts = {"address": address, "hostNetwork": str(network), "ports": ports}
    config = {"gcp:project": f"demo-{name}", "gcp:region": "europe-west2", WORLD_KEY: facts}
    stack_file(name).parent.mkdir(parents=True, exist_ok=True)
    stack_file(name).write_text(yaml.safe_dump({"config": config}))


@dataclass(frozen=True)
class PulumiProject:
    """The Pulumi CLI with one project folder, which also has the backend."""

    folder: Path

    def command(self, *arguments: str) -> list[str]:
        """The command line."""
        return ["pulumi", *arguments, "-C", str(self.folder), "--non-interactive"]

    def environment(self) -> dict[str, str]:
        """The environment of the command."""
        return {
            **os.environ,
            "PATH": search_path(os.environ["PATH"]),
            "PULUMI_BACKEND_URL": f"file://{self.folder}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def run(self, *arguments: str, given: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command; its output is in the failure."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment(),
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done


@dataclass(frozen=True)
class Engine(PulumiProject):
    """The small program as a stack of a test's world."""

    world: World

    def up(self, *arguments: str, check: bool = True, **settings: str) -> str:
        """Bring the program up with these settings instead of the ones before."""
        self.configure(settings)
        done = self.run("up", "--yes", "--skip-preview", *arguments, "-s", self.world.name, check=check)
        return done.stdout + done.stderr

    def interrupt_up(self, sign: str, **settings: str) -> str:
        """Begin to bring the program up, and interrupt it when `sign` appears."""
        self.configure(settings)
        said = ""
        with subprocess.Popen(
            self.command("up", "--yes", "--skip-preview", "-s", self.world.name),
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as pulumi:
            assert pulumi.stdout
            for line in pulumi.stdout:
                said += line
                if sign in line and said.count(sign) == 1:
                    pulumi.send_signal(signal.SIGINT)
        assert pulumi.returncode != 0
        return said

    def preview(self, **settings: str) -> dict[str, Any]:
        """What an `up` with these settings would do."""
        self.configure(settings)
        answer: dict[str, Any] = json.loads(self.run("preview", "--json", "-s", self.world.name).stdout)
        return answer

    def steps(self, **settings: str) -> dict[str, str]:
        """Resource name → what an `up` would do to it; what stays the same is left out."""
        steps = self.preview(**settings)["steps"]
        return {step["urn"].rsplit("::", 1)[-1]: step["op"] for step in steps if step["op"] != "same"}

    def outputs(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """What the program exports."""
        shown = ["--show-secrets"] if show_secrets else []
        answer: dict[str, Any] = json.loads(
            self.run("stack", "output", "--json", *shown, "-s", self.world.name).stdout
        )
        return answer

    def configure(self, settings: dict[str, str]) -> None:
        """Write the stack's settings again; the encrypted word stays."""
        path = self.folder / f"Pulumi.{self.world.name}.yaml"
        present = yaml.safe_load(path.read_text()) or {}
        kept = {key: value for key, value in present.get("config", {}).items() if "secure" in str(value)}
        own = {f"provider-test:{key}": value for key, value in settings.items() if key != "project"}
        base = {"gcp:project": settings.get("project", self.world.project), "gcp:region": self.world.region}
        path.write_text(yaml.safe_dump({**present, "config": {**base, **kept, **own}}))


@pytest.fixture(scope="module")
def engine(provider_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The small program as a stack of the test's world. It is destroyed at the end in any case."""
    folder = tmp_path_factory.mktemp("program")
    shutil.copytree(PROGRAM, folder, dirs_exist_ok=True)
    project = yaml.safe_load((PROGRAM / "Pulumi.yaml").read_text())
    for provider in project["plugins"]["providers"]:
        provider["path"] = str((PROGRAM / provider["path"]).resolve())
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    engine = Engine(folder, provider_world)
    engine.run("stack", "init", provider_world.name)
    engine.run("config", "set", "--secret", "word", "mellon", "-s", provider_world.name)
    yield engine
    engine.run("destroy", "--yes", "--skip-preview", "-s", provider_world.name, check=False)
