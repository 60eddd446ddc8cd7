"""A program that was taken over on the host reaches nobody outside but the names that the host needs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from deploy.provision import egress, firewall
from deploy.provision.apply import apply_all
from deploy.remote import layout
from deploy.remote.login import Role, connected
from deploy.remote.stack_file import load_stack
from deploy.remote.steps import Steps
from tests.host.live_host import LiveHost
from tests.host.states import changed_settings

OUTSIDE = "192.0.2.7"
"""No machine has this address (RFC 5737): whoever may go out waits for it, others are refused at once."""
CONNECT = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3)
except ConnectionRefusedError:
    print("refused")
except OSError as error:
    print(type(error).__name__)
"""
USERS = ("ekklesia", "manager", "provision", "www-data", "postgres", "root")
PORTS = (22, 25, 53, 80, 443, 587, 3306, 8080)
NUDGE = "https://sync-abc123-nw.a.run.app/"


def tries(host: LiveHost, user: str, port: int, address: str = OUTSIDE) -> str:
    """How a connection to the outside ends for a user: `refused`, or what else came of it."""
    return host.shell(f"runuser -u {user} -- python3 - {address} {port}", CONNECT)


def by_the_proxy(host: LiveHost, url: str) -> str:
    """The status with which the proxy answers the site's user who asks it for a way to a URL."""
    asked = f"curl -s -o /dev/null -w '%{{http_connect}}' --max-time 30 -x {layout.EGRESS_URL} {url}"
    return host.shell(f"runuser -u ekklesia -- {asked}", check=False)


@pytest.mark.parametrize("user", USERS)
def test_nobody_goes_out_by_himself(live_host: LiveHost, user: str) -> None:
    ports = [port for port in PORTS if not (user == "root" and port == 53)]
    began = time.monotonic()
    assert {port: tries(live_host, user, port) for port in ports} == dict.fromkeys(ports, "refused")
    assert time.monotonic() - began < 20, "a refusal comes at once"


def test_without_the_firewall_they_would(live_host: LiveHost) -> None:
    live_host.shell("nft flush chain inet ekklesia output; nft add rule inet ekklesia output accept")
    try:
        assert tries(live_host, "ekklesia", 443) != "refused"
    finally:
        live_host.shell("nft -f /etc/nftables.conf")
    assert tries(live_host, "ekklesia", 443) == "refused"


def test_the_sites_user_can_ask_no_resolver(live_host: LiveHost) -> None:
    """Names, too, carry data out; the proxy asks for those that it may go to."""
    asked = "python3 -c 'import socket; socket.getaddrinfo(\"pypi.org\", 443)'"
    assert "gaierror" in live_host.shell(f"runuser -u ekklesia -- {asked} 2>&1 || true")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/",
        "https://pypi.org.example.com/",
        "https://notpypi.org/",
        "https://pypi-org/",
        f"https://{OUTSIDE}/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
        "https://pypi.org:22/",
        "https://storage.googleapis.com.evil.example/",
    ],
)
def test_the_proxy_goes_to_no_other_name_address_or_port(live_host: LiveHost, url: str) -> None:
    assert by_the_proxy(live_host, url) == "403"


def test_the_proxy_goes_where_the_host_needs(live_host: LiveHost) -> None:
    """To a name on its list. Whether that name answers here is not the proxy's matter."""
    assert by_the_proxy(live_host, "https://pypi.org/") not in {"403", "000"}


@pytest.fixture
def configured(live_host: LiveHost) -> Iterator[LiveHost]:
    original = live_host.shell(f"cat {layout.DJANGO_ENVIRONMENT}")
    yield live_host
    live_host.shell(f"cat > {layout.DJANGO_ENVIRONMENT}", original + "\n")
    live_host.shell(f": > {layout.EGRESS}/names.configured; systemctl restart {layout.EGRESS_USER}")
    live_host.shell("systemctl restart gunicorn")


def test_the_clouds_settings_open_the_way_to_googles_names_only(configured: LiveHost) -> None:
    lines = configured.shell(f"cat {layout.DJANGO_ENVIRONMENT}").splitlines()
    variables = {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}
    variables |= {"NUDGE_URL": NUDGE, "SOMETHING_ELSE": "https://evil.example/"}
    variables.pop("NUDGE_KEY_FILE", None)
    assert by_the_proxy(configured, NUDGE) == "403"
    told = configured.fab("configure", content=json.dumps({"environment": variables}))
    assert told.status == 0, told.errors
    assert by_the_proxy(configured, NUDGE) != "403"
    assert by_the_proxy(configured, "https://evil.example/") == "403"
    assert by_the_proxy(configured, "https://other-abc123-nw.a.run.app/") == "403"


def provision_the_way_out(host: LiveHost) -> None:
    """The part of `fab provision` that is about it."""
    stack, steps = load_stack(host.world.name), Steps("test")
    with connected(stack, Role.PROVISION) as there:
        apply_all(there, egress.wanted_state(stack.linode), steps)
        firewall.apply_firewall(there, steps, dry_run=False)


def test_what_the_settings_name_is_reached_and_nothing_beside_it(live_host: LiveHost) -> None:
    """Mail, for one: the site's user, to that port of these addresses."""
    other = {"user": "ekklesia", "port": 587, "addresses": ["192.0.2.0/24"]}
    try:
        with changed_settings(live_host, egress={"names": ["example.com"], "others": [other]}):
            provision_the_way_out(live_host)
        assert tries(live_host, "ekklesia", 587) != "refused"
        assert tries(live_host, "ekklesia", 25) == "refused"
        assert tries(live_host, "www-data", 587) == "refused"
        assert tries(live_host, "ekklesia", 587, "198.18.0.1") == "refused"
        assert by_the_proxy(live_host, "https://example.com/") != "403"
    finally:
        provision_the_way_out(live_host)
    assert tries(live_host, "ekklesia", 587) == "refused"
