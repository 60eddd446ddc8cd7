"""A Debian host for the tests, and a copy of the project from which they deploy to it.

Nothing else of the host's world runs. The tests edit the copy's `linode/` before they deploy it. So they
leave the repository alone, and an edit there does not disturb them.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import yaml

from deploy.release.archive import make_archive
from deploy.remote.linode_settings import SECTION
from local.host_manage import FAB
from local.linode.inside import as_root
from local.linode.machine import Machine
from local.world import World, stack_file
from tests.host.waiting import wait_until

RELEASES = "/srv/ekklesia/releases"
CURRENT = "/srv/ekklesia/current"
JOURNAL = "/srv/ekklesia/shared/journal.jsonl"
COMMAND_SECONDS = 600
ANSWER_SECONDS = 60.0
HEALTH = "/felagar/healthz/"
SSH_CONFIG = """\
Host {address}
    User {user}
    IdentityFile {keys}/id_ed25519
    IdentitiesOnly yes
    UserKnownHostsFile {keys}/known_hosts
    StrictHostKeyChecking yes
    BatchMode yes
    LogLevel ERROR
    ConnectTimeout 10
    ControlMaster auto
    ControlPath {socket}
    ControlPersist 60
"""
"""All smoke tests share one connection; a deploy has its own."""


@dataclass(frozen=True)
class Told:
    """Exit status and output of a task."""

    status: int
    output: str
    errors: str
    seconds: float = 0.0
    """From the start of the command to its end."""

    @property
    def complaint(self) -> str:
        """The last line of the error output, which a person reads first. There must be no traceback."""
        assert "Traceback" not in self.output + self.errors, self.errors
        return self.errors.strip().splitlines()[-1] if self.errors.strip() else ""

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The lines that `--json` printed: step, outcome, seconds, detail."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]


class LiveHost:
    """A host that is up, with everything that a test may do to it."""

    def __init__(self, world: World, project: Path) -> None:
        self.world = world
        self.project = project
        self.set_up_seconds: dict[str, float] = {}
        """How long each task took that set it up."""

    @property
    def address(self) -> str:
        """Its address, which is also the first of the site's names."""
        return self.world.host_address

    @cached_property
    def machine(self) -> Machine:
        """Its folders and names on this machine."""
        return Machine(self.world)

    @property
    def authority(self) -> Path:
        """The certificate authority that signed its certificate, as PEM."""
        return self.machine.tls / "ca.pem"

    @property
    def settings(self) -> dict[str, Any]:
        """What the stack's file says about it."""
        return dict(yaml.safe_load(stack_file(self.world.name).read_text())["config"][SECTION])

    @cached_property
    def ssh_config(self) -> Path:
        """How to log in, as ssh and testinfra read it."""
        path = self.project / "ssh_config"
        socket = self.project / "ssh"
        user = self.settings.get("provisioner", "provision")
        path.write_text(
            SSH_CONFIG.format(user=user, address=self.address, keys=self.machine.ssh, socket=socket)
        )
        return path

    def shell(self, command: str, content: str = "", *, check: bool = True) -> str:
        """Run a command on the host as root; its output."""
        done = subprocess.run(
            as_root(self.machine, command),
            input=content,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        assert done.returncode == 0 or not check, f"{command}: {done.stderr or done.stdout}"
        return done.stdout.strip()

    def disconnect(self) -> None:
        """End the tests' own connection; the next command makes a new one."""
        subprocess.run(
            ["ssh", f"-F{self.ssh_config}", "-Oexit", self.address], capture_output=True, check=False
        )

    def psql(self, query: str) -> str:
        """Ask the host's database as its superuser; one line per row."""
        return self.shell("runuser -u postgres -- psql -XqAt ekklesia", query)

    def fab(self, *arguments: str, content: str = "", **environment: str) -> Told:
        """Run a Fabric task against the host, without a terminal."""
        began = time.monotonic()
        done = subprocess.run(
            [FAB, *arguments],
            cwd=self.project,
            env=self._environment(**environment),
            input=content,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        return Told(done.returncode, done.stdout, done.stderr, time.monotonic() - began)

    def deploy(self, *options: str) -> Told:
        """A deploy that has to succeed."""
        told = self.fab("deploy", "--json", *options)
        assert told.status == 0, told.output + told.errors
        return told

    def start_fab(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a Fabric task whose lines can be watched."""
        return subprocess.Popen(
            [FAB, *arguments],
            cwd=self.project,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def tree_hash(self) -> str:
        """The beginning of a release's name, if it were made from the copy's `linode/` now."""
        return make_archive(self.project / "linode").tree_hash

    def serving(self) -> str:
        """The release that `current` leads to."""
        return self.shell(f"readlink {CURRENT}").rpartition("/")[2]

    def health(self) -> dict[str, str]:
        """The site's answer about itself, through nginx; if it gives none, its HTTP status or the error."""
        try:
            answer = self.ask(HEALTH)
            return dict(answer.json())
        except httpx.HTTPError as error:
            return {"status": repr(error)}
        except ValueError:
            return {"status": f"HTTP {answer.status_code}"}

    def ask(self, path: str, cookie: str = "") -> httpx.Response:
        """Ask the site for a page, through nginx and TLS."""
        with self.visitor(**({"Cookie": cookie} if cookie else {})) as visitor:
            return visitor.get(path, timeout=ANSWER_SECONDS)

    def visitor(self, path: str = "", **headers: str) -> httpx.Client:
        """A client from outside, for addresses below a path of the site."""
        trust = ssl.create_default_context(cafile=str(self.authority))
        url = f"https://{self.address}{path}"
        return httpx.Client(base_url=url, verify=trust, headers=headers, timeout=ANSWER_SECONDS)

    def is_well(self) -> bool:
        """Whether the site answers as the release that `current` names."""
        return self.health() == {"status": "ok", "release": self.serving()}

    def wait_until_well(self) -> None:
        """Wait, at most two minutes, until it is."""
        wait_until(self.is_well, f"the site is well ({self.health()})")

    def state(self) -> str:
        """Everything that a refused command may not change (releases, journal, settings), as one text."""
        files = (
            f"ls -A {RELEASES}; readlink {CURRENT}; sha256sum {JOURNAL} /etc/ekklesia/*; ls /srv/ekklesia/*"
        )
        return self.shell(f"{files}; stat -c '%n %U %G %a %Y' /etc/ekklesia/* /etc/nginx/sites-available/*")

    @contextmanager
    def edited(self, path: str, text: str, instead: str | None = None) -> Iterator[None]:
        """Give a file of the copy this content, or replace one text in it by another."""
        file = self.project / path
        original = file.read_text() if file.exists() else None
        if instead is not None:
            assert original is not None
            assert original.count(text) == 1, f"{path} has changed; the test must follow"
            text = original.replace(text, instead)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        try:
            yield
        finally:
            file.unlink() if original is None else file.write_text(original)

    def _environment(self, **changes: str) -> dict[str, str]:
        return {**os.environ, "FABRIC_STACK": self.world.name, "COLUMNS": "400", **changes}
