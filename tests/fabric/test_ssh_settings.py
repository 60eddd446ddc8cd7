"""SSH as people have it: OpenSSH reads their settings, and what they say is done."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL

from deploy.remote import ssh_settings
from deploy.remote.connection import LoginRefusedError, open_connection
from deploy.remote.errors import DeployError
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.ssh_settings import SshSettings, ask_ssh
from deploy.remote.stack_file import Stack
from tests.fabric.conftest import SETTINGS

RELAY = """\
import socket, sys, threading
link = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def copy_input():
    while data := sys.stdin.buffer.raw.read(4096):
        link.sendall(data)
threading.Thread(target=copy_input, daemon=True).start()
while data := link.recv(4096):
    sys.stdout.buffer.write(data)
    sys.stdout.flush()
"""


class LetsIn(paramiko.ServerInterface):
    """Lets one key in."""

    def __init__(self, key: paramiko.PKey) -> None:
        self._key = key

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        known = username == "manager" and key == self._key
        return AUTH_SUCCESSFUL if known else AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"


class Server:
    """An SSH server of this process, and the settings by which somebody reaches it."""

    def __init__(self, folder: Path) -> None:
        self.key, self.own = paramiko.ECDSAKey.generate(), paramiko.ECDSAKey.generate()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.known, self.config = folder / "known_hosts", folder / "config"
        own = folder / "a key"
        self.own.write_private_key_file(str(own))
        included = folder / "included"
        self.config.write_text(f'Include "{included}"\n')
        lines = ["Host site", "HostName 127.0.0.1", "HostKeyAlias our-site", f'IdentityFile "{own}"']
        lines += [f"UserKnownHostsFile {self.known}", "GlobalKnownHostsFile none", "IdentityAgent none"]
        included.write_text("\n".join([*lines, ""]))
        self.know("our-site")
        threading.Thread(target=self._serve, daemon=True).start()

    def know(self, name: str, key: paramiko.PKey | None = None) -> None:
        """Who goes by that name."""
        key = key or self.key
        self.known.write_text(f"{name} {key.get_name()} {key.get_base64()}\n")

    def stack(self) -> Stack:
        """A stack whose host is called as in the settings."""
        return Stack(
            name="test",
            linode=LinodeSettings.model_validate(SETTINGS | {"address": "site", "port": self.port}),
        )

    def end(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            transport = paramiko.Transport(client)
            transport.add_server_key(self.key)
            transport.start_server(server=LetsIn(self.own), event=threading.Event())


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server(tmp_path)
    monkeypatch.setattr(ssh_settings, "SSH", ("ssh", "-F", str(made.config)))
    yield made
    made.end()


def logs_in(server: Server) -> bool:
    connection = open_connection(server.stack(), "manager")
    try:
        return bool(connection.is_connected)
    finally:
        connection.close()


def test_an_included_file_and_the_alias_of_a_host_key_count(server: Server) -> None:
    assert logs_in(server)


def test_a_program_that_the_connection_goes_through_is_run(server: Server, tmp_path: Path) -> None:
    relay = tmp_path / "relay.py"
    relay.write_text(RELAY)
    with server.config.open("a") as config:
        config.write(f"Host site\nProxyCommand {sys.executable} {relay} %h %p\n")
    assert logs_in(server)


def test_a_host_that_goes_by_another_name_is_not_known(server: Server) -> None:
    server.know(f"[127.0.0.1]:{server.port}")
    with pytest.raises(DeployError, match="the host's key is not known"):
        logs_in(server)


def test_a_host_key_that_changed_is_told(server: Server) -> None:
    server.know("our-site", paramiko.ECDSAKey.generate())
    with pytest.raises(DeployError, match="the host's key has CHANGED"):
        logs_in(server)


@pytest.mark.parametrize("kind", [paramiko.RSAKey, paramiko.ECDSAKey])
def test_a_key_with_a_passphrase_is_told_whatever_its_kind(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    """paramiko tells of the last kind that it tries: an RSA key is "no Ed25519 key", not a locked one."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    key = kind.generate(2048) if kind is paramiko.RSAKey else kind.generate()
    key.write_private_key_file(str(tmp_path / "a key"), password="secret")
    with pytest.raises(DeployError, match="the private key has a passphrase"):
        logs_in(server)


def test_a_key_that_the_host_does_not_know_is_refused(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Provisioning tries another user then, whatever kind of key it was; one that was not tried is named."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    paramiko.ECDSAKey.generate().write_private_key_file(str(tmp_path / "a key"))
    with pytest.raises(LoginRefusedError, match=r"the host refuses this login$"):
        logs_in(server)
    server.own.write_private_key_file(str(tmp_path / "locked"), password="secret")
    with server.config.open("a") as config:
        config.write(f"Host site\nIdentityFile {tmp_path / 'locked'}\n")
    with pytest.raises(LoginRefusedError, match=r"\(and .*/locked was not tried: `ssh-add` it\)"):
        logs_in(server)


@pytest.mark.parametrize(
    ("jumps", "words"),
    [
        ("bastion", "-W '[2001:db8::1]:2222' ssh://bastion"),
        ("eva@bastion:22", "-W '[2001:db8::1]:2222' ssh://eva@bastion:22"),
        ("a,b", "-J a -W '[2001:db8::1]:2222' ssh://b"),
    ],
)
def test_a_jump_is_made_by_ssh_itself(server: Server, jumps: str, words: str) -> None:
    server.config.write_text(f"ProxyJump {jumps}\n")
    told = ask_ssh("2001:db8::1", "manager", 2222)
    assert told.proxy_command() == f"ssh -F {server.config} {words}"


def test_tokens_of_a_proxy_command_are_filled_in() -> None:
    told = {"hostname": ["host"], "proxycommand": ["nc %h %p %r %% %x %%h"]}
    assert SshSettings(told, "manager", 22).proxy_command() == "nc host 22 manager % %x %h"


@pytest.mark.parametrize(
    ("line", "agent"),
    [
        ("", None),
        ("IdentityAgent SSH_AUTH_SOCK", None),
        ("IdentityAgent none", ""),
        ("IdentityAgent /x", "/x"),
    ],
)
def test_another_agent_is_asked(server: Server, line: str, agent: str | None) -> None:
    server.config.write_text(line)
    assert ask_ssh("host", "manager", 22).agent == agent


def test_the_public_half_of_a_key_is_no_key(tmp_path: Path) -> None:
    for name in ("id", "id.pub"):
        (tmp_path / name).touch()
    told = {"identityfile": [str(tmp_path / name) for name in ("id", "id.pub", "none")]}
    assert SshSettings(told, "manager", 22).keys == [str(tmp_path / "id")]


def test_settings_that_ssh_refuses_are_told(server: Server) -> None:
    server.config.write_text("NoSuchKeyword yes\n")
    with pytest.raises(DeployError, match=r"ssh refuses your SSH settings: .*config"):
        ask_ssh("host", "manager", 22)


def test_a_machine_without_ssh_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh_settings, "SSH", ("no-such-ssh",))
    with pytest.raises(DeployError, match="`ssh`, which reads your SSH settings, does not run here"):
        ask_ssh("host", "manager", 22)
