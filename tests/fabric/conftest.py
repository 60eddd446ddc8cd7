"""A host that is a folder of this machine: the same commands, run by the same shell, without SSH or root."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import IO

import pytest

from deploy.remote import layout
from deploy.remote.host import Command, Host, Result, shell_text
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.stack_file import Stack

FOLDERS = ("RELEASES", "ENVIRONMENTS", "SHARED", "BACKUPS")
FILES = ("CURRENT", "LOCK", "LOCK_HOLDER", "RUNNING", "JOURNAL", "SWITCH", "MAINTENANCE", "DRILL")
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

    def _as_root(self, text: str) -> str:
        return text

    def _execute(self, text: str, content: str | bytes | IO[bytes]) -> Result:
        self.commands.append(text)
        data = content.encode() if isinstance(content, str) else content
        data = data if isinstance(data, bytes) else data.read()
        done = subprocess.run(["sh", "-c", text], input=data, capture_output=True, check=False)
        return Result(done.stdout.decode(), done.stderr.decode(), done.returncode)

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
        path = Path(getattr(layout, name).replace("/srv/ekklesia", str(tmp_path)))
        monkeypatch.setattr(layout, name, str(path))
        if name in FOLDERS:
            path.mkdir(parents=True)
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
