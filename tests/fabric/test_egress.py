"""To which names and ports a host goes out: needed ones, those of the settings, and Google's of the cloud."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ekklesia_host import egress as egress_of_the_host
from ekklesia_host import programs
from ekklesia_host.settings import Settings

from deploy.provision import egress
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.templates import render
from tests.fabric.conftest import SETTINGS


def settings_with(**changes: object) -> LinodeSettings:
    return LinodeSettings.model_validate(SETTINGS | changes)


def test_a_line_of_the_list_is_that_name_alone() -> None:
    form = egress.pattern("pypi.org").strip()
    assert re.search(form, "pypi.org")
    for other in ("pypi.org.evil.is", "notpypi.org", "pypi-org", "pypi.org:22", "x.pypi.org"):
        assert not re.search(form, other)


def test_the_certificate_authority_is_reached_where_the_settings_say() -> None:
    acme = {"directory": "https://acme.example:14000/dir"}
    chosen = settings_with(certificate="acme", acme=acme)
    assert ("acme.example" in egress.names(chosen), egress.ports(chosen)) == (True, [80, 443, 14000])
    own = settings_with(acme=acme)
    assert ("acme.example" in egress.names(own), egress.ports(own)) == (False, [80, 443])


def test_the_mail_server_is_reached_by_the_proxy_unless_it_is_on_the_host_itself() -> None:
    mail = {"host": "smtp.example", "port": 465, "tls": "tls", "sender": "a@b.is", "senderName": "Félagið"}
    chosen = settings_with(mail=mail)
    assert ("smtp.example" in egress.names(chosen), 465 in egress.ports(chosen)) == (True, True)
    assert "ConnectPort 465" in render("tinyproxy.conf", chosen, ports=egress.ports(chosen))
    here = settings_with(mail=mail | {"host": "127.0.0.1", "port": 25})
    assert ("127.0.0.1" in egress.names(here), egress.ports(here)) == (False, [80, 443])


def test_the_firewall_lets_out_whom_the_settings_name() -> None:
    mail = {
        "user": "ekklesia",
        "port": 587,
        "addresses": ["192.0.2.0/24", "2001:db8::/64", "198.51.100.1/32"],
    }
    text = render("nftables.conf", settings_with(egress={"others": [mail]}), ports=[80, 443])
    assert 'meta skuid "ekklesia" ip daddr { 192.0.2.0/24, 198.51.100.1/32 } tcp dport 587 accept' in text
    assert 'meta skuid "ekklesia" ip6 daddr { 2001:db8::/64 } tcp dport 587 accept' in text
    assert 'meta skuid "manager" accept' not in text
    resolvers = {"resolvers": ["192.0.2.53/32", "2001:db8::53/128"]}
    listed = render("nftables.conf", settings_with(egress=resolvers), ports=[443])
    assert "ip daddr { 192.0.2.53/32 } udp dport 53 accept" in listed
    assert "ip6 daddr { 2001:db8::53/128 } udp dport 53 accept" in listed
    assert "0 udp dport 53 accept" not in listed


def test_a_previous_site_goes_on_as_it_was() -> None:
    """Whatever it calls: nobody knows it. That ends with the setting."""
    previous = {"postgresql": "existing", "previousSite": {"database": "felagakerfi"}}
    assert 'meta skuid "manager" accept' in render("nftables.conf", settings_with(**previous), ports=[443])


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (tmp_path / "names.configured").touch()
    restarts: list[Any] = []
    monkeypatch.setattr(programs, "output", restarts.append)
    return Settings({"egress": str(tmp_path), "egress_user": "ekklesia-egress", "restarts": restarts})


def test_only_googles_names_come_with_the_clouds_settings(host: Settings) -> None:
    values = [
        "https://sync-abc123-nw.a.run.app/",
        "https://europe-west2-p.cloudfunctions.net/sync",
        "https://evil.example/",
        "https://run.app.evil.example/",
        "https://evil.example/.run.app",
        "https://user@evil.example/x.run.app",
        "https://x.run.app@evil.example/",
        "https://x.run.app:22/",
        "https://.*.run.app/",
        "http://x.run.app/",
        "a text",
    ]
    egress_of_the_host.allow(host, values)
    written = (Path(host.egress) / "names.configured").read_text()
    assert written == ("^europe-west2-p[.]cloudfunctions[.]net$\n^sync-abc123-nw[.]a[.]run[.]app$\n")
    egress_of_the_host.allow(host, values)
    assert len(host.restarts) == 1
