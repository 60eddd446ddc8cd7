"""One Debian host of the tests' own, and a copy of the project to deploy to it from.

The host is that of a world of which nothing else runs. The copy is what the tests break: its `linode/` is
edited before it is deployed, and no edit of the repository's own files meanwhile disturbs them.
"""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import yaml
from release import make_archive

from local.host_manage import FAB
from local.linode.machine import Machine
from local.world import LOCAL, ROOT, World, stack_file
from tests.host.waiting import wait_until

COPIED = ("ansible-free-deploy", "linode", "tests/smoke", "fabfile.py", "fabric.yaml", "pyproject.toml")
RELEASES = "/srv/ekklesia/releases"
CURRENT = "/srv/ekklesia/current"
JOURNAL = "/srv/ekklesia/shared/journal.jsonl"
COMMAND_SECONDS = 600
HEALTH = "/felagar/healthz/"


@dataclass(frozen=True)
class Told:
    """How a task ended and what it said."""

    status: int
    output: str
    errors: str

    @property
    def complaint(self) -> str:
        """The last line of the error output: what a person reads first. There must be no traceback."""
        assert "Traceback" not in self.output + self.errors, self.errors
        return self.errors.strip().splitlines()[-1] if self.errors.strip() else ""

    @property
    def steps(self) -> list[dict[str, Any]]:
        """What `--json` printed: step, outcome, seconds, detail."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]


class LiveHost:
    """A host that is up, with everything that a test may do to it."""

    def __init__(self, world: World, project: Path) -> None:
        self.world = world
        self.project = project

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

    def shell(self, command: str, content: str = "", *, check: bool = True) -> str:
        """Run a command on the host as root; what it prints."""
        done = subprocess.run(
            [*self._ssh_command(), f"sudo -n sh -c {_quoted(command)}"],
            input=content,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        assert done.returncode == 0 or not check, f"{command}: {done.stderr or done.stdout}"
        return done.stdout.strip()

    def psql(self, query: str) -> str:
        """Ask the host's database as its superuser; rows a line each."""
        return self.shell("runuser -u postgres -- psql -XqAt ekklesia", query)

    def fab(self, *arguments: str, content: str = "", **environment: str) -> Told:
        """Run a Fabric task against the host, without a terminal."""
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
        return Told(done.returncode, done.stdout, done.stderr)

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
        """With what the name of a release begins that is made of the copy's `linode/` as it now is."""
        return make_archive(self.project / "linode").tree_hash

    def serving(self) -> str:
        """The release that `current` leads to."""
        return self.shell(f"readlink {CURRENT}").rpartition("/")[2]

    def health(self) -> dict[str, str]:
        """What the site answers about itself, through nginx; the status where that is no such answer."""
        command = ["curl", "--silent", "--max-time", "20", "--cacert", str(self.authority)]
        done = subprocess.run(
            [*command, f"https://{self.address}{HEALTH}"], capture_output=True, text=True, check=False
        )
        try:
            return dict(json.loads(done.stdout))
        except ValueError:
            return {"status": f"curl {done.returncode}: {done.stdout}"}

    def visitor(self, path: str = "", **headers: str) -> httpx.Client:
        """Somebody out there, at addresses below a path of the site."""
        trust = ssl.create_default_context(cafile=str(self.authority))
        return httpx.Client(base_url=f"https://{self.address}{path}", verify=trust, headers=headers)

    def is_well(self) -> bool:
        """Whether the site answers, and as the release that `current` names."""
        return self.health() == {"status": "ok", "release": self.serving()}

    def wait_until_well(self) -> None:
        """Wait, at most a minute, until it is."""
        wait_until(self.is_well, f"the site is well ({self.health()})")

    def state(self) -> str:
        """What no refused command may change: releases, journal, settings, database, as one text."""
        files = (
            f"ls -A {RELEASES}; readlink {CURRENT}; sha256sum {JOURNAL} /etc/ekklesia/*; ls /srv/ekklesia/*"
        )
        return self.shell(f"{files}; stat -c '%n %U %G %a %Y' /etc/ekklesia/* /etc/nginx/sites-available/*")

    def smoke(self, *selection: str) -> subprocess.CompletedProcess[str]:
        """Run smoke tests against the host: all, or those with these node ids."""
        folder = self.machine.ssh
        configuration = self.project / "ssh_config"
        configuration.write_text(
            f"Host {self.address}\n IdentityFile {folder}/id_ed25519\n IdentitiesOnly yes\n"
            f" UserKnownHostsFile {folder}/known_hosts\n StrictHostKeyChecking yes\n"
        )
        options = ["--quiet", "-p", "no:cacheprovider", "--hosts", f"ssh://manager@{self.address}"]
        tests = [f"tests/smoke/{name}" for name in selection] or ["tests/smoke"]
        return subprocess.run(
            [sys.executable, "-m", "pytest", *options, f"--ssh-config={configuration}", *tests],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )

    @contextmanager
    def edited(self, path: str, text: str, instead: str | None = None) -> Iterator[None]:
        """In the copy of the project, a file with this content, or with one text in another's place."""
        file = self.project / path
        former = file.read_text() if file.exists() else None
        if instead is not None:
            assert former is not None
            assert former.count(text) == 1, f"{path} has changed; the test must follow"
            text = former.replace(text, instead)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        try:
            yield
        finally:
            file.unlink() if former is None else file.write_text(former)

    def _environment(self, **changes: str) -> dict[str, str]:
        return {**os.environ, "FABRIC_STACK": self.world.name, "COLUMNS": "400", **changes}

    def _ssh_command(self) -> list[str]:
        keys = self.machine.ssh
        options = [f"-oUserKnownHostsFile={keys / 'known_hosts'}", "-oIdentitiesOnly=yes", "-oBatchMode=yes"]
        options += ["-oConnectTimeout=10", "-oLogLevel=ERROR"]
        return ["ssh", "-F/dev/null", *options, f"-i{keys / 'id_ed25519'}", f"manager@{self.address}"]


def copy_of_the_project(folder: Path) -> Path:
    """What Fabric needs of the repository, with the worlds' own folder linked into it; the copy's folder."""
    for name in COPIED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy2(source, target)
    (folder / LOCAL.name).symlink_to(LOCAL)
    return folder


def minimal_environment(world: World, token: str) -> str:
    """The least that Django has to be told, as `fab configure` reads it: no nudges."""
    domains = yaml.safe_load(stack_file(world.name).read_text())["config"]["ekklesia:linode"]["domains"]
    variables = {
        "DJANGO_ALLOWED_HOSTS": ",".join(domains),
        "DJANGO_CSRF_TRUSTED_ORIGINS": ",".join(f"https://{name}" for name in domains),
        "SYNC_API_TOKEN": token,
    }
    return json.dumps({"environment": variables})


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
