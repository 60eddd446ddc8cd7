from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ekklesia_backup import configuration as configuration_of_the_host

from deploy.provision import backup_program
from deploy.provision.access import bootstrap_state
from deploy.provision.body_limits import wanted_state as pages_of
from deploy.provision.certificate import acme_state
from deploy.provision.flow import provision
from deploy.provision.operations import Operation
from deploy.provision.wanted_state import entry_state, wanted_state
from deploy.remote import body_limits, layout
from deploy.remote.errors import DeployError
from deploy.remote.linode_settings import BackupSettings, LinodeSettings
from deploy.remote.stack_file import ROOT, Stack
from deploy.remote.steps import Steps
from deploy.remote.templates import packages, render

RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
TEMPLATES = sorted(
    path.name
    for path in (ROOT / "linode" / "host").iterdir()
    if path.is_file() and path.name != "packages.txt"
)
MORE: dict[str, dict[str, Any]] = {
    "nftables.conf": {"ports": [80, 443]},
    "tinyproxy.conf": {"ports": [80, 443]},
    "sudoers-deploy": {"verbs": ["restart", "status"]},
    "too-large.html": {"megabytes": 1},
    "too-large.json": {"megabytes": 1},
}
"""What a template needs besides the settings."""


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_renders_whole(name: str, settings: LinodeSettings) -> None:
    text = render(name, settings, **MORE.get(name, {}))
    assert "{{" not in text
    assert text.endswith("\n")


def test_the_settings_reach_the_files(settings: LinodeSettings) -> None:
    assert "--workers 3 " in render("gunicorn.service", settings)
    assert "--timeout 300 " in render("gunicorn.service", settings)
    assert "server_name 198.51.100.2 starf.ekklesia.test;" in render("nginx-site.conf", settings)
    assert "ListenStream=/run/gunicorn.sock" in render("gunicorn.socket", settings)
    assert "tcp dport { 22, 80, 443 } accept" in render("nftables.conf", settings, ports=[80, 443])


def test_the_firewall_lets_in_the_port_that_ssh_is_on(settings: LinodeSettings) -> None:
    moved = settings.model_copy(update={"port": 2222})
    assert "tcp dport { 2222, 80, 443 } accept" in render("nftables.conf", moved, ports=[80, 443])


def test_the_backup_program_is_told_what_it_reads(settings: LinodeSettings, tmp_path: Path) -> None:
    told = settings.model_copy(update={"backup": BackupSettings(recipient=RECIPIENT, daily=3)})
    [file] = [item for item in backup_program.wanted_state(told) if item.title == layout.BACKUP_SETTINGS]
    path = tmp_path / "backup.json"
    path.write_text(file.content)
    read = configuration_of_the_host.load(str(path))
    assert (read.recipient, read.folder, read.rule.daily) == (RECIPIENT, layout.BACKUPS, 3)


def test_uploaded_files_belong_where_they_are_backed_up_from(settings: LinodeSettings) -> None:
    production = (ROOT / "linode" / "backend" / "ekklesia" / "settings" / "production.py").read_text()
    assert f'MEDIA_ROOT = "{layout.MEDIA}"' in production
    assert f"ReadWritePaths=-{layout.MEDIA}\n" in render("gunicorn.service", settings)


def test_no_host_is_provisioned_whose_backups_nobody_could_open(settings: LinodeSettings) -> None:
    with pytest.raises(DeployError, match=r"backup\.recipient is not set: make the offline key first"):
        provision(Stack(name="x", linode=settings), Steps("x"))


def test_packages_are_plain_names() -> None:
    assert {"nginx", "postgresql", "nftables", "unattended-upgrades", "python3-venv"} <= set(packages())
    assert all(name.replace("-", "").replace(".", "").isalnum() for name in packages())


def scripts(operations: list[Operation]) -> str:
    """All commands for a host that has nothing yet."""
    return "\n".join(command for item in operations for command in item.plan(item.fact.read("")))


def test_root_is_locked_out_only_after_another_user_can_log_in(settings: LinodeSettings) -> None:
    opening = scripts(bootstrap_state(settings, "root"))
    assert "authorized_keys" in opening
    assert "sshd" not in opening
    assert any("sshd_config.d" in item.title for item in entry_state(settings))


def test_secrets_are_in_no_command_line(settings: LinodeSettings) -> None:
    """The shell on the host makes and reads secrets; `printf` and `echo` are its own, not processes."""
    text = scripts(wanted_state(settings))
    assert "openssl rand -hex" in text
    assert 'printf "SET password_encryption' in text
    assert "--password" not in text.replace("--no-password", "")


def with_acme(settings: LinodeSettings, **acme: object) -> LinodeSettings:
    given = settings.model_dump(by_alias=True) | {"certificate": "acme", "domains": ["a.is", "b.is"]}
    return LinodeSettings.model_validate(given | {"acme": acme})


def test_acme_is_asked_for_every_domain(settings: LinodeSettings) -> None:
    assert acme_state(settings) == []
    asked = scripts(acme_state(with_acme(settings)))
    assert "--domain a.is --domain b.is" in asked
    assert "--server https://acme-v02.api.letsencrypt.org/directory" in asked
    assert layout.TLS in asked
    assert "REQUESTS_CA_BUNDLE" not in asked
    assert "export HTTPS_PROXY=http://127.0.0.1:3128\n" in asked


def test_an_authority_that_debian_does_not_know_is_trusted_at_each_renewal_too(
    settings: LinodeSettings,
) -> None:
    operations = acme_state(with_acme(settings, authorities="/etc/ssl/own.pem"))
    assert " REQUESTS_CA_BUNDLE=/etc/ssl/own.pem" in scripts(operations)
    assert any("Environment=REQUESTS_CA_BUNDLE=/etc/ssl/own.pem" in item.content for item in operations)


def test_a_server_of_postgresql_that_is_there_stays_the_only_one(settings: LinodeSettings) -> None:
    existing = settings.model_copy(update={"postgresql": "existing"})
    [here], [there] = (
        [item for item in wanted_state(each) if item.title == "packages"] for each in (settings, existing)
    )
    assert " postgresql " in scripts([here]) + " "
    assert " postgresql-client " in scripts([there]) + " "
    assert " postgresql " not in scripts([there]) + " "


def test_a_proxy_is_believed_only_if_the_settings_name_it(settings: LinodeSettings) -> None:
    assert "set_real_ip_from" not in render("nginx-proxy.conf", settings)
    trusting = settings.model_copy(update={"trusted_proxies": ["192.0.2.0/24", "2001:db8::/32"]})
    text = render("nginx-proxy.conf", trusting)
    assert "set_real_ip_from 192.0.2.0/24;" in text
    assert "    2001:db8::/32 1;" in text


def test_a_page_for_uploads_has_its_limit_and_the_page_that_names_it(
    settings: LinodeSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = json.loads(body_limits.FILE.read_text())
    told["uploads"]["paths"] = ["/admin/communication/email/"]
    file = tmp_path / "body_limits.json"
    file.write_text(json.dumps(told))
    limits = body_limits.load(file)
    monkeypatch.setattr(body_limits, "load", lambda: limits)

    site = render("nginx-body-limits.conf", settings)
    pages = {operation.title: operation.content for operation in pages_of(settings)}

    assert "location /admin/communication/email/ {\n    client_max_body_size 25m;\n" in site
    assert "if ($uri ~ ^/admin/communication/email/) {\n    set $too_large_page /too-large-25.html;\n" in site
    assert "location /felagar/api/sync/ {\n    client_max_body_size 16m;\n" in site
    assert site.count("client_max_body_size 1m;") == 1
    page = pages["/usr/local/share/ekklesia/too-large-25.html"]
    assert "Hámarkið á þessari síðu er 25 MB" in page
    assert "the limit on this page is 25 MB" in page


@pytest.mark.parametrize(
    ("used", "left"),
    [("89%", {"old", "young"}), ("90%", {"young"}), ("100%", {"young"}), ("", {"old", "young"})],
    ids=["89", "90", "100", "df fails"],
)
def test_log_that_no_base_backup_ends_does_not_fill_the_disk(
    settings: LinodeSettings, tmp_path: Path, used: str, left: set[str]
) -> None:
    """Of a full disk, log of more than a day goes; base backups and catalogues stay."""
    folder, programs = tmp_path / "archive/main/15-1", tmp_path / "programs"
    folder.mkdir(parents=True)
    programs.mkdir()
    segments = {name: folder / f"{number:024X}-{0:040x}.zst" for number, name in enumerate(("old", "young"))}
    catalogue = folder.parent / "archive.info"
    for path in (*segments.values(), catalogue):
        path.touch()
    for path in (segments["old"], catalogue):
        os.utime(path, (0, 0))
    (programs / "df").write_text(f"#!/bin/sh\necho Use%\necho {used}\n")
    (programs / "df").chmod(0o755)
    [line] = [each for each in render("base-backup.service", settings).splitlines() if "ExecStartPre" in each]
    script = shlex.split(line.partition("=-")[2].replace("$$", "$").replace(layout.REPOSITORY, str(tmp_path)))
    subprocess.run(script, env=os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"}, check=True)
    assert {name for name, path in segments.items() if path.exists()} == left
    assert catalogue.exists()
