"""A certificate comes from an authority by ACME and is renewed while the host goes on serving.

The host is that of test_handover.py, which pytest runs before: it has been taken over from its previous site.
"""

from __future__ import annotations

import re
import socket
import ssl
from typing import Any

import pytest

from tests.host.live_host import LiveHost
from tests.host.waiting import wait_until
from tests.previous_site import by_hand
from tests.previous_site.acme_authority import AcmeAuthority

NAMES = ["starf.ekklesia.test", "felagakerfi.ekklesia.test"]
TRUSTED = "/etc/ssl/acme-test.pem"
SELF_SIGNED = "rm -rf /etc/ssl/ekklesia"
"""Afterwards the host is as if it never had a certificate."""


@pytest.fixture(scope="module", autouse=True)
def asked_by_acme(host: LiveHost, authority: AcmeAuthority) -> None:
    """The host's settings name the authority; everything else is as in production."""
    host.shell(f"{SELF_SIGNED}; cat > {TRUSTED}", authority.own_authority.read_text())
    ask(host, authority, NAMES)


def test_a_name_that_leads_elsewhere_is_named_and_the_site_serves(
    host: LiveHost, authority: AcmeAuthority
) -> None:
    ask(host, authority, [*NAMES, "elsewhere.ekklesia.test"])
    told = host.fab("provision")
    assert told.status == 1
    assert "elsewhere.ekklesia.test" in told.complaint
    assert "felagakerfi.ekklesia.test" not in told.complaint
    assert issuer(host.shell("openssl x509 -noout -issuer -in /etc/ssl/ekklesia/fullchain.pem")) == NAMES[0]
    assert host.shell("nginx -t -q && systemctl is-active nginx") == "active"


def test_one_certificate_has_both_names(host: LiveHost, authority: AcmeAuthority) -> None:
    ask(host, authority, NAMES)
    told = host.fab("provision")
    assert told.status == 0, told.errors
    for name in NAMES:
        served = certificate(host, authority, name)
        assert {value for _, value in served["subjectAltName"]} == set(NAMES)


def test_it_is_asked_for_once(host: LiveHost) -> None:
    assert re.search(r"\b0 operations changed something", host.fab("provision").errors)


def test_it_is_renewed_by_its_timer_and_nginx_takes_it_up(host: LiveHost, authority: AcmeAuthority) -> None:
    before = certificate(host, authority, NAMES[0])["serialNumber"]
    main = "systemctl show --property=MainPID --value nginx"
    process = host.shell(main)
    assert (
        host.shell("systemctl is-enabled certbot.timer; systemctl is-active certbot.timer")
        == "enabled\nactive"
    )
    unit = host.shell("systemctl show --property=Unit --value certbot.timer")
    host.shell(f"systemctl start {unit}")
    wait_until(lambda: certificate(host, authority, NAMES[0])["serialNumber"] != before, "nginx takes it up")
    assert host.shell(main) == process


def ask(host: LiveHost, authority: AcmeAuthority, names: list[str]) -> None:
    acme = {"directory": authority.directory, "authorities": TRUSTED, "domains": names}
    by_hand.change_settings(host, {"certificate": "acme", "acme": acme})


def certificate(host: LiveHost, authority: AcmeAuthority, name: str) -> dict[str, Any]:
    """The certificate that nginx shows to a client that trusts only that authority and asks for that name."""
    trust = ssl.create_default_context(cadata=authority.root())
    with (
        socket.create_connection((host.address, 443), timeout=10) as plain,
        trust.wrap_socket(plain, server_hostname=name) as secured,
    ):
        found = secured.getpeercert()
    assert found
    return dict(found)


def issuer(text: str) -> str:
    """The common name of an issuer as openssl prints it."""
    return text.rpartition("CN = ")[2]
