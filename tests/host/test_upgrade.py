"""The upgrade from Python 3.6 with Django 2.2 to the newest of both, and back, as docs/upgrade.md says."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from local.authenticator import Authenticator, new_secret
from local.toolchain import python36
from tests.figures import Tell
from tests.host.live_host import CURRENT, LiveHost
from tests.host.states import changed_settings, closed

LEFT_DAYS = 90
KENNITALA = "0101303019"
MEMBER = """
import sys
from django.contrib.auth import get_user_model
from membership.models import Comrade, ContactInfo
comrade = Comrade.objects.create(ssn="{kennitala}", name="Þórður Ægisson")
ContactInfo.objects.create(comrade=comrade, email="thordur@example.is", phone="5551234")
user = get_user_model().objects.create_superuser("upgrader", "", "{password}")
import base64
from staff import second_factor
second_factor.enrol(user, base64.b32decode("{secret}"))
"""
REMOVE = f"""
from django.contrib.auth import get_user_model
from membership.models import Comrade
Comrade.objects.filter(ssn="{KENNITALA}").delete()
get_user_model().objects.filter(username="upgrader").delete()
"""
DUMP = (
    "runuser -u postgres -- pg_dump --data-only -t 'membership_*' -t 'sync_*' -t 'communication_*' ekklesia"
)


@pytest.fixture
def password() -> str:
    """Of the person who upgrades; for brevity the API takes it as their token, too."""
    return secrets.token_hex(12)


@pytest.fixture
def app() -> Authenticator:
    """The second factor of staff, on their phone."""
    return Authenticator(new_secret())


@pytest.fixture
def legacy_host(host_as_it_was: LiveHost) -> Iterator[LiveHost]:
    """The host on the old runtime, and afterwards on its own again."""
    host = host_as_it_was
    if not python36.find():
        pytest.skip("this machine has no Python 3.6 to come from")
    until = datetime.now(UTC).date() + timedelta(days=LEFT_DAYS)
    with changed_settings(host, runtime="legacy", legacyUntil=until.isoformat()):
        # The newest libraries left migrations that the old ones do not know.
        host.deploy("--force-older")
        yield host
    # Of releases with the same code only the newest stays, so the first may be gone.
    host.deploy()


@pytest.fixture
def register(legacy_host: LiveHost, password: str, app: Authenticator) -> Iterator[LiveHost]:
    """A host with a member whom the ORM created and the API changed."""
    host, before = legacy_host, legacy_host.serving()
    orm(host, MEMBER.format(kennitala=KENNITALA, password=password, secret=app.secret))
    words = ("api_tokens", "add", "--user=upgrader", "--name=test", "--scopes=members.read,members.write")
    told = host.fab("manage", "--", *words, content=hashlib.sha256(password.encode()).hexdigest())
    assert told.status == 0, told.errors
    with api(host, password) as client:
        seen = {"If-Match": client.get(f"full/{KENNITALA}/").headers["ETag"]}
        address = {"simple_address": {"city": "Ísafjörður"}}
        answer = client.patch(f"full/{KENNITALA}/", json=address, headers=seen)
        assert answer.status_code == 200, answer.text
    yield host
    if host.serving() != before:
        assert host.fab("rollback", f"--release={before}").status == 0
    orm(host, REMOVE)


def orm(host: LiveHost, script: str) -> None:
    told = host.fab("manage", "--", "shell", content=script)
    assert told.status == 0, told.errors


def api(host: LiveHost, token: str) -> httpx.Client:
    return host.visitor("/felagar/api/", Authorization=f"Token {token}")


def content(host: LiveHost) -> list[str]:
    """Everything that people wrote, as PostgreSQL dumps it, without the random word of each dump."""
    return [
        line for line in host.shell(DUMP).splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))
    ]


def versions(host: LiveHost) -> tuple[str, str]:
    """The Python and the Django that serve."""
    asked = "import sys, django; print('%d.%d' % sys.version_info[:2], django.get_version())"
    python, django = host.shell(f'{CURRENT}/environment/bin/python -c "{asked}"').split()
    return python, django


def staff_can_log_in(host: LiveHost, password: str, app: Authenticator) -> bool:
    """They log in by the forms, which also write the journal of log-ins."""
    with host.visitor() as browser:
        browser.get("/admin/login/")
        form = {"username": "upgrader", "password": password, "next": "/admin/"}
        send(browser, host, "/admin/login/", form)
        assert browser.get("/admin/membership/comrade/").status_code == 302, "the password alone is enough"
        answer = send(browser, host, "/admin/second-factor/", {"code": app.code()})
        return answer.status_code == 302 and browser.get("/admin/membership/comrade/").status_code == 200


def send(browser: httpx.Client, host: LiveHost, page: str, form: dict[str, str]) -> httpx.Response:
    token = {"csrfmiddlewaretoken": browser.cookies["__Host-csrftoken"]}
    return browser.post(page, data=form | token, headers={"Referer": f"https://{host.address}/"})


def test_up_to_the_newest_and_back(register: LiveHost, password: str, app: Authenticator, tell: Tell) -> None:
    host, before = register, register.serving()
    assert versions(host) == ("3.6", "2.2.28")
    assert "legacy: Python 3.6 and Django 2.2, for" in host.fab("status").output
    written = content(host)
    assert any("Þórður" in line for line in written)
    with changed_settings(host, runtime="current", legacyUntil=None), closed(host):
        host.deploy()
        with host.visitor() as visitor:
            assert visitor.get("/admin/").status_code == 503
    tell(f"{before} -> {host.serving()}: Python and Django {versions(host)}")
    assert host.psql("SELECT 1 FROM django_migrations WHERE name = '0009_add_session_hash'") == "1"
    assert (versions(host)[0] != "3.6", versions(host)[1] >= "5", host.is_well()) == (True, True, True)
    assert content(host) == written
    assert staff_can_log_in(host, password, app)
    assert host.fab("rollback").status == 0
    assert (host.serving(), versions(host)[0], host.is_well()) == (before, "3.6", True)
    assert content(host) == written
    assert staff_can_log_in(host, password, app)
    with api(host, password) as client:
        assert client.get(f"full/{KENNITALA}/").json()["simple_address"]["city"] == "Ísafjörður"


def test_an_unknown_runtime_is_refused(live_host: LiveHost) -> None:
    before = live_host.state()
    with changed_settings(live_host, runtime="$(reboot)"):
        told = live_host.fab("deploy")
    assert told.status == 1
    assert "ekklesia:linode.runtime: should be 'legacy' or 'current'" in told.complaint
    assert live_host.state() == before
