"""The site as a browser and as the sync see it."""

from __future__ import annotations

import http.client
import socket
import ssl
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.remote.linode_settings import LinodeSettings
from tests.smoke.conftest import TIMEOUT_SECONDS, Site

CERTIFICATE_DAYS = 14
HEADERS = {
    "strict-transport-security": "max-age=63072000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "content-security-policy": "frame-ancestors 'none'",
    "referrer-policy": "same-origin",
}
STATUS = "/felagar/api/sync/status/"


def plain(linode: LinodeSettings) -> closing[http.client.HTTPConnection]:
    """A connection without TLS."""
    return closing(http.client.HTTPConnection(linode.address, timeout=TIMEOUT_SECONDS))


def test_every_name_has_a_valid_certificate(linode: LinodeSettings, site: Site) -> None:
    for name in linode.domains:
        assert site.get("/felagar/healthz/", name=name).status == 200


def test_the_certificate_lasts(linode: LinodeSettings, site: Site) -> None:
    with (
        socket.create_connection((linode.address, 443), timeout=TIMEOUT_SECONDS) as plain,
        site.tls.wrap_socket(plain, server_hostname=linode.domains[0]) as secured,
    ):
        certificate = secured.getpeercert()
    assert certificate
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    assert (end - datetime.now(UTC)).days >= CERTIFICATE_DAYS


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1], ids=["1.0", "1.1"])
def test_old_tls_is_refused(linode: LinodeSettings, version: ssl.TLSVersion) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with (
        socket.create_connection((linode.address, 443), timeout=TIMEOUT_SECONDS) as plain,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        context.wrap_socket(plain, server_hostname=linode.domains[0])


def test_http_leads_to_https(linode: LinodeSettings) -> None:
    for name in linode.domains:
        with plain(linode) as connection:
            connection.request("GET", "/admin/?a=b", headers={"Host": name})
            answer = connection.getresponse()
            assert (answer.status, answer.getheader("Location")) == (301, f"https://{name}/admin/?a=b")


def test_a_program_that_asks_without_tls_is_not_led_on(linode: LinodeSettings) -> None:
    with plain(linode) as connection:
        connection.request("GET", STATUS, headers={"Host": linode.domains[0]})
        assert connection.getresponse().status == 421


def test_an_unknown_name_gets_no_answer(linode: LinodeSettings) -> None:
    with plain(linode) as connection:
        connection.request("GET", "/", headers={"Host": "evil.example"})
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            connection.getresponse()


def test_the_root_leads_to_the_admin(site: Site) -> None:
    answer = site.get("/")
    assert answer.status == 302
    assert answer.headers["location"].endswith("/admin/")
    assert "max-age=63072000" in answer.headers["strict-transport-security"]


def test_the_admin_asks_for_a_login(site: Site) -> None:
    answer = site.get("/admin/")
    assert answer.status == 302
    assert "/admin/login/" in answer.headers["location"]
    assert site.get("/admin/login/").status == 200


@pytest.mark.parametrize(("header", "value"), HEADERS.items(), ids=HEADERS)
def test_the_site_sends_its_security_headers(site: Site, header: str, value: str) -> None:
    assert value in site.get("/admin/login/").headers.get(header, "")


def test_the_session_and_csrf_cookies_are_for_https_only(site: Site) -> None:
    cookie = site.get("/admin/login/").headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert "Secure" in cookie
    assert "SameSite" in cookie


def test_versions_are_not_told(site: Site) -> None:
    assert site.get("/admin/login/").headers["server"] == "nginx"


def test_static_files_are_served_by_nginx(site: Site) -> None:
    answer = site.get("/static/admin/css/base.css")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/static/../settings.py", "/static/..%2fmanage.py", "/.git/config", "/RELEASE"]
)
def test_nothing_but_static_files_is_served_as_a_file(site: Site, path: str) -> None:
    assert site.get(path).status in {400, 404}


def test_the_api_refuses_who_has_no_token(site: Site) -> None:
    assert site.get(STATUS).status == 401
    assert site.get(STATUS, headers={"Authorization": f"Token {'0' * 40}"}).status == 401


def test_a_form_without_its_csrf_token_is_refused(site: Site) -> None:
    assert site.request("POST", "/admin/login/", body="username=a&password=b").status == 403


def test_an_error_reveals_nothing(site: Site) -> None:
    answer = site.get("/felagar/no-such-page/")
    assert answer.status == 404
    assert "Traceback" not in answer.text
    assert "DEBUG" not in answer.text


def test_django_finds_nothing_wrong_with_its_deployment(host: Any) -> None:
    files = ("/etc/ekklesia/host.env", "/etc/ekklesia/ekklesia.env")
    settings = " ".join(f"--property=EnvironmentFile={path}" for path in files)
    with host.sudo():
        checked = host.run(
            f"systemd-run --quiet --pipe --wait --collect --uid=ekklesia {settings} "
            "--working-directory=/srv/ekklesia/current/backend --setenv=PYTHONDONTWRITEBYTECODE=1 "
            "/srv/ekklesia/current/environment/bin/python manage.py check --deploy --fail-level WARNING"
        )
    assert checked.rc == 0, checked.stderr
