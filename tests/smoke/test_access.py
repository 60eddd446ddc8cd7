"""What can be reached from outside, and who can log in."""

from __future__ import annotations

import ipaddress
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from deploy.remote.linode_settings import LinodeSettings

CLOSED_PORTS = [21, 25, 3306, 5432, 6379, 8000, 8080, 8401, 8402]
SSHD = {
    "permitrootlogin": "no",
    "passwordauthentication": "no",
    "kbdinteractiveauthentication": "no",
    "permitemptypasswords": "no",
    "x11forwarding": "no",
    "allowtcpforwarding": "no",
    "allowagentforwarding": "no",
    "permittunnel": "no",
    "permituserenvironment": "no",
    "authenticationmethods": "publickey",
}
WEAK = re.compile(r"sha1|md5|cbc|arcfour|3des|nistp|group1-|group14-sha1")


def test_only_ssh_and_the_web_listen_for_the_world(host: Any, linode: LinodeSettings) -> None:
    listening = host.check_output("ss -H -t -l -n | awk '{print $4}'").split()
    ends = [address.rpartition(":") for address in listening]
    outside = {int(port) for address, _, port in ends if not _is_loopback(address)}
    assert outside == {linode.port, 80, 443}


@pytest.fixture(scope="module")
def answering(linode: LinodeSettings) -> set[int]:
    """The ports that are open but must be closed; all are tried at once, since a closed one is slow."""

    def attempt(port: int) -> int | None:
        try:
            socket.create_connection((linode.address, port), timeout=1).close()
        except OSError:
            return None
        return port

    with ThreadPoolExecutor(len(CLOSED_PORTS)) as pool:
        return {port for port in pool.map(attempt, CLOSED_PORTS) if port}


@pytest.mark.parametrize("port", CLOSED_PORTS)
def test_the_firewall_answers_nothing_on_other_ports(answering: set[int], port: int) -> None:
    assert port not in answering


def test_the_firewall_drops_what_it_does_not_know(host: Any, linode: LinodeSettings) -> None:
    with host.sudo():
        rules = host.check_output("nft list table inet ekklesia")
    assert "hook input priority filter; policy drop;" in rules
    assert f"tcp dport {{ {', '.join(map(str, sorted({linode.port, 80, 443})))} }} accept" in rules


@pytest.mark.parametrize(("setting", "value"), SSHD.items(), ids=SSHD)
def test_sshd_is_strict(host: Any, setting: str, value: str) -> None:
    assert _sshd(host)[setting] == value


@pytest.mark.parametrize("setting", ["kexalgorithms", "ciphers", "macs", "hostkeyalgorithms"])
def test_sshd_offers_nothing_weak(host: Any, setting: str) -> None:
    assert WEAK.search(_sshd(host)[setting]) is None


def test_postgresql_asks_everyone_for_a_scram_password(host: Any) -> None:
    with host.sudo("postgres"):
        encryption = host.check_output("psql -XAtc 'SHOW password_encryption'")
        weak = host.check_output(
            "psql -XAtc \"SELECT count(*) FROM pg_authid WHERE rolpassword NOT LIKE 'SCRAM-SHA-256$%'\""
        )
        methods = host.check_output("psql -XAtc 'SELECT DISTINCT auth_method FROM pg_hba_file_rules'").split()
    assert encryption == "scram-sha-256"
    assert weak == "0"
    assert set(methods) <= {"peer", "scram-sha-256"}


def test_the_sites_role_is_an_ordinary_one(host: Any) -> None:
    query = "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = 'ekklesia'"
    with host.sudo("postgres"):
        assert host.check_output('psql -XAtc "%s"' % query) == "f"  # noqa: UP031


def test_nobody_but_root_and_the_two_users_can_log_in(host: Any, linode: LinodeSettings) -> None:
    accounts = (line.split(":") for line in host.check_output("getent passwd").splitlines())
    with_shell = {fields[0] for fields in accounts if fields[-1].endswith("sh") and fields[0] != "postgres"}
    assert with_shell == {"root", linode.user, linode.provisioner}


def test_the_user_who_deploys_is_root_by_one_program_alone(host: Any, linode: LinodeSettings) -> None:
    with host.sudo():
        told = host.check_output("sudo -l -U %s", linode.user)
    rights = told.partition("may run the following commands")[2].partition("\n")[2]
    allowed = re.sub(r"\(root\) NOPASSWD:", "", rights).replace("\n", " ").split(",")
    assert all(re.fullmatch(r"/usr/local/sbin/ekklesia-host\s+[a-z-]+", entry.strip()) for entry in allowed)


def test_the_user_who_provisions_needs_more_than_a_file(host: Any, linode: LinodeSettings) -> None:
    """A password, or a key that is a piece of hardware."""
    with host.sudo():
        told = host.check_output("sudo -l -U %s", linode.provisioner)
        accepted = _sshd(host, linode.provisioner)["pubkeyacceptedalgorithms"]
    if "NOPASSWD" in told:
        assert all(name.startswith("sk-") for name in accepted.split(","))


def test_only_root_says_whose_keys_let_in(host: Any, linode: LinodeSettings) -> None:
    assert _sshd(host)["authorizedkeysfile"] == "/etc/ssh/ekklesia-keys/%u"
    for path in ("/etc/ssh/ekklesia-keys", *(f"/etc/ssh/ekklesia-keys/{name}" for name in _users(linode))):
        file = host.file(path)
        assert (file.user, file.mode & 0o022) == ("root", 0)


def _users(linode: LinodeSettings) -> tuple[str, str]:
    return linode.user, linode.provisioner


def _is_loopback(address: str) -> bool:
    address = address.strip("[]").partition("%")[0]
    return address != "*" and ipaddress.ip_address(address).is_loopback


def _sshd(host: Any, user: str = "root") -> dict[str, str]:
    with host.sudo():
        lines = host.check_output("sshd -T -C user=%s,host=x,addr=192.0.2.1", user).splitlines()
    return {name.lower(): value for name, _, value in (line.partition(" ") for line in lines)}
