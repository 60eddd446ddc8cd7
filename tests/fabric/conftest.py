"""A host that is a folder of this machine: the same commands, run by the same shell, without SSH or root."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from deploy.remote import layout
from deploy.remote.host import Command, Host, Result, shell_text
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.stack_file import Stack
from deploy.remote.templates import FOLDER

FOLDERS = ("RELEASES", "ENVIRONMENTS", "SHARED", "LOCKS", "BACKUPS")
FILES = (
    "CURRENT",
    "LOCK",
    "LOCK_HOLDER",
    "RUNNING",
    "JOURNAL",
    "SWITCH",
    "MAINTENANCE",
    "DRILL",
    "MEDIA",
    "MEDIA_RESTORED",
    "MEDIA_BEFORE_RESTORE",
    "EXCHANGE",
    "HOST_SETTINGS",
)
AS_ROOT = f"sudo -n -- {layout.HOST_COMMAND}"
PROGRAM = "import sys; from ekklesia_host.__main__ import run; sys.exit(run(sys.argv[2], sys.argv[1]))"
"""The host's own program, without the root that it would have there."""
SETTINGS = {
    "address": "198.51.100.2",
    "port": 22,
    "user": "manager",
    "domains": ["198.51.100.2", "starf.ekklesia.test"],
    "apiBaseUrl": "https://198.51.100.2/felagar",
    "workers": 3,
    "certificate": "files",
}


class ProcessChannel:
    """A command held open, as a channel of SSH would hold it: it ends when its input does.

    The outer shell stands for the session: the command's parent.
    """

    def __init__(self, text: str) -> None:
        command = ["sh", "-c", 'sh -c "$1"; exit $?', "session", text]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def recv(self, count: int) -> bytes:
        assert self._process.stdout
        return self._process.stdout.read(count)

    def shutdown_write(self) -> None:
        self._process.communicate()

    def recv_exit_status(self) -> int:
        return self._process.wait()


class FolderHost(Host):
    """Runs every command on this machine."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.commands: list[str] = []

    @property
    def user(self) -> str:
        return "manager"

    def _execute(self, text: str, content: str | bytes | IO[bytes], *, root: bool = False) -> Result:
        self.commands.append(text)
        text = text.replace(AS_ROOT, f"{layout.BASE}/ekklesia-host")
        data = content.encode() if isinstance(content, str) else content
        data = data if isinstance(data, bytes) else data.read()
        done = subprocess.run(["sh", "-c", text], input=data, capture_output=True, check=False)
        return Result(done.stdout.decode(), done.stderr.decode(), done.returncode)

    def release(self) -> None:
        """The channel of `hold` is not watched here."""

    def hold(self, command: Command) -> ProcessChannel:  # type: ignore[override]
        return ProcessChannel(shell_text(command))

    def upload(self, content: IO[bytes], path: str) -> None:
        Path(path).write_bytes(content.read())


@pytest.fixture
def settings() -> LinodeSettings:
    return LinodeSettings.model_validate(SETTINGS)


@pytest.fixture
def host(tmp_path: Path, settings: LinodeSettings, monkeypatch: pytest.MonkeyPatch) -> FolderHost:
    """A host provisioned in a folder of the test's own."""
    monkeypatch.setattr(layout, "BASE", str(tmp_path))
    for name in (*FOLDERS, *FILES):
        path = Path(
            getattr(layout, name)
            .replace("/srv/ekklesia", str(tmp_path))
            .replace("/etc/ekklesia", str(tmp_path))
        )
        monkeypatch.setattr(layout, name, str(path))
        if name in FOLDERS:
            path.mkdir(parents=True)
    places = {name.lower(): value for name, value in vars(layout).items() if name.isupper()}
    Path(layout.HOST_SETTINGS).write_text(json.dumps(places | {"previous_database": ""}))
    program = shlex.join(["env", f"PYTHONPATH={FOLDER}", sys.executable, "-c", PROGRAM, layout.HOST_SETTINGS])
    (tmp_path / "ekklesia-host").write_text(f'#!/bin/sh\nexec {program} "$@"\n')
    (tmp_path / "ekklesia-host").chmod(0o755)
    return FolderHost(Stack(name="test", linode=settings))


@pytest.fixture
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small tree in the shape of `linode/`."""
    folder = tmp_path_factory.mktemp("linode")
    (folder / "backend").mkdir()
    (folder / "backend" / "manage.py").write_text("print('managed')\n")
    (folder / "backend" / "run.sh").write_text("#!/bin/sh\n")
    (folder / "backend" / "run.sh").chmod(0o755)
    (folder / "backend" / "__pycache__").mkdir()
    (folder / "backend" / "__pycache__" / "x.pyc").write_text("compiled")
    (folder / ".hidden").write_text("not for the host")
    return folder
