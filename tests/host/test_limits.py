"""What a request may carry is limited in front of Django, and what the site may use by its unit."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import pytest

from deploy.provision.maintenance_page import PAGES
from deploy.remote import body_limits
from deploy.remote.body_limits import BodyLimits, Limit, load
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.templates import render
from tests.host.live_host import LiveHost
from tests.linode.test_gunicorn_log import ODD_ENCODINGS

SITE = "https://starf.ekklesia.test"
HERE = "curl --silent --connect-to starf.ekklesia.test:443:127.0.0.1:443"
LIMITS = load()
SYNC, FULL, ADMIN = "/felagar/api/sync/apply/", "/felagar/api/full/", "/admin/login/"
SNIPPET = "/etc/nginx/snippets/ekklesia-body-limits.conf"
LANGUAGES = 200
"""Characters of Accept-Language that are passed on."""


def send(host: LiveHost, path: str, megabytes: int, version: str) -> tuple[str, str]:
    """Send one byte more than so many megabytes: the status, and the page or the JSON."""
    body = f"head -c {megabytes * 2**20 + 1} /dev/zero"
    ask = f"{HERE} {version} --data-binary @- --write-out '\\n%{{http_code}}' '{SITE}{path}'"
    page, _, status = host.shell(f"{body} | {ask}").rpartition("\n")
    return status, page


def settings_of(host: LiveHost) -> LinodeSettings:
    return LinodeSettings.model_validate(host.settings)


def ask(host: LiveHost, *headers: str, path: str = "/felagar/healthz/") -> str:
    quoted = " ".join(f"--header '{header}'" for header in headers)
    return host.shell(
        f"{HERE} --http1.1 --output /dev/null --write-out '%{{http_code}}' {quoted} '{SITE}{path}' || true"
    )


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
@pytest.mark.parametrize(
    ("path", "passes", "refused"),
    [
        pytest.param(SYNC, LIMITS.elsewhere, 16, id="sync"),
        pytest.param(FULL, 0, LIMITS.elsewhere, id="API"),
        pytest.param(ADMIN, 0, LIMITS.elsewhere, id="admin"),
    ],
)
def test_a_body_is_limited_by_its_route(
    live_host: LiveHost, path: str, passes: int, refused: int, version: str
) -> None:
    assert send(live_host, path, passes, version)[0] != "413"

    status, page = send(live_host, path, refused, version)

    assert status == "413"
    assert f"the limit is {refused} MB" in page or f"the limit on this page is {refused} MB" in page
    assert path != ADMIN or f"Hámarkið á þessari síðu er {refused} MB" in page


@pytest.fixture
def upload_page(live_host: LiveHost, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A page of staff that is named under `uploads`, on the host as `fab provision` would write it."""
    named = "/admin/communication/email/"
    limits = BodyLimits(LIMITS.elsewhere, (*LIMITS.routes, Limit(named, 25)))
    monkeypatch.setattr(body_limits, "load", lambda: limits)
    kept = f"cp -a {SNIPPET} /root/body-limits"
    live_host.shell(f"{kept} && cat > {SNIPPET}", render("nginx-body-limits.conf", settings_of(live_host)))
    page = render("too-large.html", settings_of(live_host), megabytes=25)
    live_host.shell(f"cat > {PAGES}/too-large-25.html && nginx -t -q && systemctl restart nginx", page)
    yield named + "add/"
    again = "systemctl reset-failed nginx; systemctl restart nginx"
    live_host.shell(f"mv /root/body-limits {SNIPPET}; rm {PAGES}/too-large-25.html; {again}")


def test_a_page_that_is_named_takes_uploads(live_host: LiveHost, upload_page: str) -> None:
    """Its own limit is told in both languages; what is less comes to Django, whose table has no such page."""
    status, page = send(live_host, upload_page, 25, "--http2")
    assert status == "413"
    assert "Hámarkið á þessari síðu er 25 MB" in page
    assert "the limit on this page is 25 MB" in page

    # Django answers before it has read so much, and nginx may take that for a failure.
    status, page = send(live_host, upload_page, 24, "--http2")
    assert status == "502" or "the limit on this page is 1 MB" in page
    assert send(live_host, ADMIN, 1, "--http2")[0] == "413"


def test_the_page_of_a_limit_is_no_page_of_its_own(live_host: LiveHost) -> None:
    assert ask(live_host, path=f"/too-large-{LIMITS.elsewhere}.html") == "404"


@pytest.mark.parametrize("length", [3000, 5000])
def test_a_line_of_the_header_is_limited(live_host: LiveHost, length: int) -> None:
    answers = {ask(live_host, f"X-Anything: {'x' * length}"), ask(live_host, path=f"/admin/?{'x' * length}")}

    assert answers == ({"200", "302"} if length == 3000 else {"400", "414"})


def test_gunicorn_limits_a_line_of_the_header_too(live_host: LiveHost) -> None:
    """If anybody else came to its socket."""
    socket = "curl --silent --unix-socket /run/gunicorn.sock --output /dev/null --write-out '%{http_code}'"
    asked = f"{socket} --header 'X-Anything: {'x' * 5000}' http://starf.ekklesia.test/felagar/healthz/"
    assert live_host.shell(asked) in {"400", "431"}


def test_only_a_browsers_list_of_languages_is_passed_on(live_host: LiveHost) -> None:
    """Each list that Django 2.2 is sent stays in its memory."""
    english = "en" + "".join(f", x-{number:03}" for number in range(25))
    assert len(english) < LANGUAGES < len(english * 2)
    login = f"{HERE} '{SITE}{ADMIN}' --header 'Accept-Language: {{}}' | grep -o '<html lang=\"[a-z]*\"'"

    assert live_host.shell(login.format(english)) == '<html lang="en"'
    assert live_host.shell(login.format(f"{english}, {english}")) == '<html lang="is"'


def test_the_sites_unit_has_limits(live_host: LiveHost) -> None:
    """As systemd read them; whether the kernel keeps to them, a host in a container cannot always show."""
    names = ("MemoryHigh", "MemoryMax", "TasksMax", "OOMPolicy")
    told = live_host.shell(f"systemctl show --property={','.join(names)} gunicorn.service")
    unit = dict(line.split("=", 1) for line in told.splitlines())

    assert 0 < int(unit["MemoryHigh"]) < int(unit["MemoryMax"]) < 4 * 2**30
    assert 0 < int(unit["TasksMax"]) < 200
    assert unit["OOMPolicy"] == "continue"


@pytest.mark.parametrize("encoding", ODD_ENCODINGS)
def test_no_odd_encoding_of_a_body_comes_to_gunicorn(live_host: LiveHost, encoding: str) -> None:
    """CVE-2024-1135 and CVE-2024-6827: gunicorn 21, the last for Python 3.6, would end the body elsewhere."""
    lines = (
        "POST /felagar/healthz/ HTTP/1.1",
        f"Host: {live_host.address}",
        f"Transfer-Encoding: {encoding}",
    )
    request = "\r\n".join((*lines, "", ""))
    trust = ssl.create_default_context(cafile=str(live_host.authority))
    with (
        socket.create_connection((live_host.address, 443), timeout=30) as plain,
        trust.wrap_socket(plain, server_hostname=live_host.address) as connection,
    ):
        connection.sendall(request.encode() + b"0\r\n\r\nGET /felagar/smuggled/ HTTP/1.1\r\n\r\n")
        answer = connection.recv(100)

    assert answer.split()[1] in {b"400", b"501"}
