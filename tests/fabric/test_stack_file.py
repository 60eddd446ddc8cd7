from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.remote.errors import DeployError
from deploy.remote.stack_file import ROOT, load_stack
from local import backup_key
from local.linode.machine import Machine
from local.world import World
from tests.fabric.conftest import SETTINGS


def write(root: Path, **changes: Any) -> None:
    section = {key: value for key, value in (SETTINGS | changes).items() if value is not None}
    (root / "Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": {"ekklesia:linode": section}}))


def test_production_is_read_as_it_stands() -> None:
    stack = load_stack("prod", ROOT)
    assert stack.linode.user == "manager"
    assert stack.linode.certificate == "acme"


def test_a_world_brings_its_own_key(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / ".local" / "stacks").mkdir(parents=True)
    (tmp_path / "Pulumi.prod.yaml").rename(tmp_path / ".local" / "stacks" / "Pulumi.w.yaml")
    network = IPv4Network("198.51.100.0/30")
    world = World("w", "demo-w", "europe-west2", "127.0.0.1", network, ports={})
    keys = tmp_path / Machine(world).ssh.relative_to(ROOT)
    keys.mkdir(parents=True)
    assert load_stack("w", tmp_path).key_folder == keys
    assert load_stack("w", tmp_path).identity is None
    identity = tmp_path / backup_key.identity_file("w").relative_to(ROOT)
    identity.touch()
    assert load_stack("w", tmp_path).identity == identity


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"address": None}, "ekklesia:linode.address: is missing"),
        ({"address": "host; reboot"}, "address"),
        ({"address": "-oProxyCommand=reboot"}, "address"),
        ({"user": "manager$(reboot)"}, "user"),
        ({"user": "root\n"}, "user"),
        ({"port": 0}, "port"),
        ({"port": "22"}, "port"),
        ({"workers": 0}, "workers"),
        ({"workers": True}, "workers"),
        ({"domains": []}, "domains"),
        ({"domains": ["a.is; return 200"]}, "domains.0"),
        ({"certificate": "none"}, "certificate"),
        ({"acme": {"directory": "http://acme.example/directory"}}, "acme.directory"),
        ({"acme": {"directory": "https://acme.example/$(reboot)"}}, "acme.directory"),
        ({"acme": {"domains": []}}, "acme.domains"),
        ({"acme": {"domains": ["a.is --reinstall"]}}, "acme.domains.0"),
        ({"acme": {"authorities": "../ca.pem"}}, "acme.authorities"),
        ({"acme": {"authorities": "/etc/ssl/ca.pem; reboot"}}, "acme.authorities"),
        ({"trustedProxies": ["0.0.0.0/0"]}, "trustedProxies.0: should not be the whole internet"),
        ({"trustedProxies": ["::/0"]}, "trustedProxies.0"),
        (
            {"trustedProxies": ["198.51.100.7/24"]},
            "198.51.100.7/24 has host bits set",
        ),
        ({"trustedProxies": ["squarespace.com"]}, "trustedProxies.0"),
        ({"postgresql": "11"}, "postgresql"),
        ({"previousSite": {}}, "previousSite.database"),
        ({"previousSite": {"database": "felagakerfi"}}, "postgresql must be `existing`"),
        ({"previousSite": {"database": "x; DROP DATABASE y"}}, "previousSite.database"),
        ({"former": {"database": "felagakerfi"}}, "is called `previousSite` now"),
        ({"extra": 1}, "extra"),
        ({"backup": {"recipient": "age1; reboot"}}, "backup.recipient"),
        ({"backup": {"recipient": "AGE-SECRET-KEY-1"}}, "backup.recipient"),
        ({"backup": {"daily": 0}}, "backup.daily"),
        ({"backup": {"hourly": 1}}, "backup.hourly"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    write(tmp_path, **change)
    with pytest.raises(DeployError) as refused:
        load_stack("prod", tmp_path)
    assert complaint in refused.value.message
    assert "\n" not in refused.value.message


def test_optional_settings_default_to_a_fresh_debian(tmp_path: Path) -> None:
    write(tmp_path)
    linode = load_stack("prod", tmp_path).linode
    assert linode.acme.directory == "https://acme-v02.api.letsencrypt.org/directory"
    assert (linode.trusted_proxies, linode.postgresql, linode.previous_site) == ([], "debian", None)


def test_a_certificate_has_every_domain_or_those_that_are_named(tmp_path: Path) -> None:
    write(tmp_path, certificate="acme", domains=["a.is", "b.is"])
    assert load_stack("prod", tmp_path).linode.certified == ["a.is", "b.is"]
    write(tmp_path, certificate="acme", domains=["a.is", "b.is"], acme={"domains": ["b.is"]})
    assert load_stack("prod", tmp_path).linode.certified == ["b.is"]


@pytest.mark.parametrize("name", ["", "../prod", "a b", "$(reboot)", "missing"])
def test_an_unknown_stack_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeployError, match="stack"):
        load_stack(name, tmp_path)


@pytest.mark.parametrize("text", ["", "config: {}", "a: [", "[]"])
def test_a_file_without_the_section_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "Pulumi.prod.yaml").write_text(text)
    with pytest.raises(DeployError, match="no section ekklesia:linode"):
        load_stack("prod", tmp_path)


def test_the_bucket_for_wheels_is_the_projects() -> None:
    wheels = load_stack("prod", ROOT).wheels
    assert wheels
    assert (wheels.name, wheels.access_token) == ("ekklesia-prod-10-2025-wheels", None)
    assert wheels.storage_url == "https://storage.googleapis.com"


def test_a_stack_without_a_project_has_no_bucket(tmp_path: Path) -> None:
    write(tmp_path)
    assert load_stack("prod", tmp_path).wheels is None
