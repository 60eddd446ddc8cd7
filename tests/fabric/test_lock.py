from __future__ import annotations

import signal
import subprocess
from typing import Any

import pytest

from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.lock import deploy_lock, guarded, holder, unlock
from tests.fabric.conftest import ProcessChannel


def test_the_second_deploy_is_told_who_holds_the_lock(host: Any) -> None:
    with deploy_lock(host, "deploy"), pytest.raises(DeployError) as refused, deploy_lock(host, "rollback"):
        pass
    assert " for deploy; " in refused.value.message
    assert "@" in refused.value.message
    assert "fab unlock" in refused.value.message


def test_the_lock_is_free_afterwards(host: Any) -> None:
    for _ in range(2):
        with deploy_lock(host, "deploy"):
            assert holder(host) is not None
    assert holder(host) is None


def test_the_lock_is_free_after_a_failure(host: Any) -> None:
    with pytest.raises(RuntimeError), deploy_lock(host, "deploy"):
        raise RuntimeError
    assert holder(host) is None


def test_a_lost_connection_is_reported(host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A channel whose transport is gone cannot be ended; paramiko raises EOFError."""

    def gone(channel: ProcessChannel) -> None:
        channel._process.communicate()
        raise EOFError

    monkeypatch.setattr(ProcessChannel, "shutdown_write", gone)
    with pytest.raises(DeployError, match="the connection was lost"), deploy_lock(host, "deploy"):
        raise DeployError("the connection was lost")


def test_unlock_takes_it_from_its_holder(host: Any) -> None:
    with deploy_lock(host, "deploy"):
        assert " for deploy" in (unlock(host) or "")
        with deploy_lock(host, "rollback"):
            assert (holder(host) or {})["for"] == "rollback"


def test_unlock_ends_the_connection_of_its_holder(host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deploy that has lost its lock must not go on."""
    channels = []

    def hold(command: str) -> Any:
        channels.append(ProcessChannel(command))
        return channels[-1]

    monkeypatch.setattr(host, "hold", hold)
    with deploy_lock(host, "deploy"):
        unlock(host)
        assert channels[0].recv_exit_status() == -signal.SIGKILL


def test_unlock_of_a_free_lock_says_so(host: Any) -> None:
    assert unlock(host) is None


def test_a_deploy_waits_for_what_a_killed_one_left_running(host: Any, tmp_path: Any) -> None:
    done = tmp_path / "done"
    leftover = subprocess.Popen(
        ["sh", "-c", guarded(f"echo started; sleep 0.3; touch {done}")], stdout=subprocess.PIPE
    )
    assert leftover.stdout
    assert leftover.stdout.readline() == b"started\n"
    with deploy_lock(host, "deploy"):
        assert done.exists()
    leftover.communicate()


def test_quotes_in_a_guarded_command_hold(host: Any) -> None:
    assert host.run(guarded("echo 'a \"b\" $HOME'")).stdout == 'a "b" $HOME\n'
    assert host.run(guarded("exit 7"), check=False).status == 7
    assert layout.RUNNING in guarded("true")
