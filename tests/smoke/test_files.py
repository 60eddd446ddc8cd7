"""Who may read and write what: only root reads secrets, only the user who deploys writes code."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.remote.linode_settings import LinodeSettings

SECRETS = {
    "/etc/ekklesia": ("root", "ekklesia", 0o750),
    "/etc/ekklesia/host.env": ("root", "root", 0o600),
    "/etc/ekklesia/ekklesia.env": ("root", "root", 0o600),
    "/etc/ekklesia/nudge-key.pem": ("root", "ekklesia", 0o640),
    "/etc/ekklesia/backup-key.pem": ("root", "root", 0o600),
    "/srv/ekklesia/backups": ("root", "root", 0o700),
}


@pytest.mark.parametrize(("path", "wanted"), SECRETS.items(), ids=SECRETS)
def test_a_secret_is_its_owners_alone(host: Any, path: str, wanted: tuple[str, str, int]) -> None:
    with host.sudo():
        file = host.file(path)
        assert (file.user, file.group, file.mode) == wanted


@pytest.mark.parametrize("path", ["/etc/ssl/ekklesia/privkey.pem", "/etc/shadow"])
def test_a_key_is_unreadable_for_others(host: Any, path: str) -> None:
    with host.sudo():
        # The path of a certificate by ACME is a link.
        assert host.file(host.check_output("readlink -f %s", path)).mode & 0o007 == 0


@pytest.mark.parametrize(
    "path", ["/etc/ekklesia/host.env", "/etc/ekklesia/ekklesia.env", "/srv/ekklesia/backups/"]
)
def test_the_site_itself_cannot_read_it(host: Any, path: str) -> None:
    with host.sudo("ekklesia"):
        assert host.run("ls %s && cat %s", path, path).rc != 0


def test_the_site_can_write_nothing_of_its_code(host: Any) -> None:
    with host.sudo():
        writable = host.check_output(
            "runuser -u ekklesia -- find -L /srv/ekklesia/releases -writable -print -quit"
        )
    assert writable == ""


def test_nothing_of_the_code_is_writable_for_everyone(host: Any, linode: LinodeSettings) -> None:
    command = "find /srv/ekklesia -xdev -not -type l -perm /o+w -print -quit"
    with host.sudo():
        assert host.check_output(command) == ""
    assert host.file("/srv/ekklesia/releases").user == linode.user


@pytest.mark.parametrize("path", ["/srv/ekklesia", "/srv/ekklesia/locks", "/usr/local/lib/ekklesia"])
def test_what_root_reads_lies_in_folders_of_roots_alone(host: Any, path: str) -> None:
    folder = host.file(path)
    assert (folder.user, folder.group, folder.mode & 0o022) == ("root", "root", 0)


def test_the_socket_is_nginxs_alone(host: Any) -> None:
    socket = host.file("/run/gunicorn.sock")
    assert socket.is_socket
    assert (socket.user, socket.mode) == ("www-data", 0o600)


def test_no_secret_stands_in_a_process_list(host: Any, secrets_of_the_host: list[str]) -> None:
    processes = host.check_output("ps -e -o args")
    # Not compared as a whole: a failure would show them.
    assert not any(secret in processes for secret in secrets_of_the_host), "a secret"


def test_no_secret_stands_in_the_log(host: Any, secrets_of_the_host: list[str]) -> None:
    with host.sudo():
        log = host.check_output("journalctl --no-pager --output=cat --lines=5000")
    assert not any(secret in log for secret in secrets_of_the_host), "a secret"
