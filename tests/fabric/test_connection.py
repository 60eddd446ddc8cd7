"""Connections as people have them: quiet commands, links that end. Their keys: `test_ssh_settings.py`."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.stack_file import Stack


class QuietChannel:
    """A command that says nothing for longer than others may take, and then ends."""

    def __init__(self, status: int) -> None:
        self.timeout: float | None = 900.0
        self._status = status

    def settimeout(self, seconds: float | None) -> None:
        self.timeout = seconds

    def shutdown_write(self) -> None:
        """It reads nothing."""

    def recv(self, _: int) -> bytes:
        if self.timeout is not None:
            raise TimeoutError
        return b""

    recv_stderr = recv

    def recv_exit_status(self) -> int:
        return self._status


@pytest.fixture
def quiet(settings: LinodeSettings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A host whose next command is quiet and ends with that status."""

    def made(status: int) -> Host:
        host = Host(None, Stack(name="test", linode=settings))
        monkeypatch.setattr(host, "_open", lambda *_, **__: QuietChannel(status))
        return host

    return made


@pytest.mark.parametrize("status", [0, 7])
def test_a_command_may_be_quiet_for_long(quiet: Any, status: int) -> None:
    assert quiet(status).stream("logs") == status


def test_a_stream_whose_connection_was_lost_says_so(quiet: Any) -> None:
    with pytest.raises(DeployError, match="the connection was lost"):
        quiet(-1).stream("logs")
