"""The production program at a project of Google's, without a Debian host: a stand-in answers for Fabric."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil

from local import program, pulumi_stack, stack_settings
from local.services import programs
from local.services.world_program import start_service
from local.world import World, WorldError
from tests.world.live_world import copy_of_the_program, name_of_a_world

JWKS = json.dumps({"keys": [{"kid": "1", "kty": "RSA"}]})
FABRIC = 'str(Path(sys.executable).parent / "fab")'
STAND_IN = f"""#!/bin/sh
# Fabric's tasks, as far as the program reads what they print.
case "$1" in nudge-key | backup-key) echo '{JWKS}' ;; esac
"""


@dataclass
class GoogleHalf:
    """A world whose program runs with the services that stand in for Google's."""

    world: World
    folder: Path
    ups: int = 0
    failures: list[str] = field(default_factory=list)
    """What an `up` that nobody killed has stopped at."""

    def up(self, say: Callable[[str], None] = lambda _line: None) -> bool:
        """What `make up` does with the program. Whether it came to its end; `say` may kill it."""
        self.ups += 1
        try:
            program.bring_up(self.world, say)
        except WorldError as error:
            if not (isinstance(say, Killer) and say.has_killed):
                self.failures.append(str(error))
            return False
        return True

    def up_until_it_works(self, most: int) -> None:
        """Run `up` as often as it takes, but not more often than that."""
        for _ in range(most):
            if self.up():
                return
        raise AssertionError("\n".join([f"{most} times `up` did not come to its end", *self.failures]))

    def pulumi(self, *arguments: str) -> str:
        """A command on the world's stack. Raises PulumiError."""
        return pulumi_stack.pulumi(*arguments, "-s", self.world.name)

    def destroy(self) -> None:
        """Delete all that the program has declared. Raises PulumiError."""
        self.pulumi("destroy", "--yes", "--skip-preview")

    def require_no_change(self) -> None:
        """Raise PulumiError if the next `up` would change anything."""
        self.pulumi("preview", "--expect-no-changes")

    def state(self) -> dict[str, Any]:
        """The stack's state."""
        return dict(json.loads(self.pulumi("stack", "export"))["deployment"])


@dataclass
class Killer:
    """Kills `pulumi up` by SIGKILL, `pause` seconds after it has told that number of `lines` of progress."""

    stack: str
    lines: int
    pause: float
    has_killed: bool = False

    def __call__(self, _line: str) -> None:
        self.lines -= 1
        if self.lines > 0 or self.has_killed:
            return
        time.sleep(self.pause)
        for child in psutil.Process().children():
            with suppress(psutil.NoSuchProcess):  # another child ended meanwhile, or nobody waited for it
                self._kill_if_it_brings_up(child)

    def _kill_if_it_brings_up(self, child: psutil.Process) -> None:
        command = child.cmdline()
        if command and Path(command[0]).name == "pulumi" and self.stack in command:
            child.kill()
            self.has_killed = True


@contextmanager
def google_half(treatment: str, seed: int) -> Iterator[GoogleHalf]:
    """A world in which nothing is declared yet. It is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="ekklesia-google-half-") as made, name_of_a_world() as name:
        folder = Path(made)
        _leave_the_host_out(copy_of_the_program(folder), folder)
        world = stack_settings.ensure_world(name, stack_settings.Google(treatment, seed))
        for item in (programs.googleapis(world), programs.ingress(world)):
            start_service(world, item)
        with patch.object(pulumi_stack, "FOLDER", folder):
            yield GoogleHalf(world, folder)


def _leave_the_host_out(copy: Path, folder: Path) -> None:
    fabric = folder / "fabric"
    fabric.write_text(STAND_IN)
    fabric.chmod(0o755)
    host = copy / "linode_host.py"
    assert host.read_text().count(FABRIC) == 1
    host.write_text(host.read_text().replace(FABRIC, repr(str(fabric))))
