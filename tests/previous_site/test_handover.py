"""A host with a previous site is provisioned, deployed to and taken over, and can be given back."""

from __future__ import annotations

import http.cookiejar
import re
import ssl

import httpx
import pytest

from tests.figures import Tell
from tests.host.deploys import reach
from tests.host.live_host import LiveHost
from tests.host.setting_up import minimal_environment
from tests.host.steady_load import ClosedError, Load, Report
from tests.previous_site import by_hand

COUNT = "SELECT count(*), count(DISTINCT ssn) FROM membership_comrade"
HAND_MADE = "find /felagar /home/manager/virtualenv /var/lib/postgresql/10/main/PG_VERSION -type f -newermt"
CHALLENGE = "/.well-known/acme-challenge/shown-to-whom-it-may-concern"
RELOADS = 10
"""How often nginx reloads, at most, while a host is provisioned and taken over."""
BROKEN = 'return JsonResponse({"status": "broken", "release": settings.RELEASE})'
WELL = 'return JsonResponse({"status": "ok", "release": settings.RELEASE})'


def test_provisioning_stops_before_it_touches_what_it_does_not_understand(host: LiveHost) -> None:
    everything = "sha256sum /etc/systemd/system/*.* /etc/nginx/*/* /var/lib/dpkg/status 2>/dev/null || true"
    before = host.shell(everything)
    told = host.fab("provision")
    assert told.status == 1
    assert "built by hand: name its database in the setting previousSite.database" in told.complaint
    assert host.shell(everything) == before
    assert host.health()["status"] == "ok"


def test_the_previous_site_serves_until_a_release_does(host: LiveHost, load: Load, tell: Tell) -> None:
    changes = {"postgresql": "existing", "previousSite": {"database": by_hand.DATABASE}}
    by_hand.change_settings(host, changes)
    began = host.shell("date '+%F %T'")
    with load as report:
        succeed(host, "provision")
        assert host.health() == {"status": "ok", "release": "unreleased"}
        assert challenge_is_answered(host)
        succeed(host, "configure", minimal_environment(host.settings))
        with host.edited("linode/backend/ekklesia/health.py", WELL, BROKEN):
            assert host.fab("deploy").status == 1
        assert previous(host, "SHOW default_transaction_read_only") == "off"
        succeed(host, "deploy")
    tell(f"taken over under load: {report}")
    assert lost(report) == []
    assert set(report.releases) == {"unreleased", host.serving()}
    assert host.shell(f"{HAND_MADE} '{began}' -not -path '*/__pycache__/*'") == ""


def test_the_user_who_was_root_by_sudo_is_root_by_one_program(host: LiveHost) -> None:
    """By hand, `manager` had everything without a password, in a file of its own under another name."""
    rights = host.shell("sudo -l -U manager").partition("may run the following commands")[2]
    assert "ekklesia-host restart" in rights
    assert not re.search(r"\bALL\b", rights)
    assert host.shell("grep -c '^manager' /etc/sudoers.d/90-manager || true") == "0"
    assert host.shell("runuser -u manager -- sudo -n id 2>&1 || true").startswith(
        "sudo: a password is required"
    )


def test_the_register_came_along(host: LiveHost) -> None:
    assert host.psql("SHOW server_version").startswith("10.23")
    assert host.psql(COUNT) == previous(host, COUNT) == f"{by_hand.MEMBERS}|{by_hand.MEMBERS}"
    assert host.psql("SELECT max(name) FROM django_migrations WHERE app = 'sync'") > "0003"
    assert logs_in(host, *by_hand.LOGIN)


def test_the_previous_register_takes_no_edit_that_would_be_lost(host: LiveHost) -> None:
    with pytest.raises(AssertionError, match="read-only"):
        previous(host, "UPDATE membership_comrade SET name = 'of no use'")
    assert host.shell("systemctl is-active former-gunicorn.service", check=False) == "inactive"


def test_a_second_provisioning_finds_nothing_to_do(host: LiveHost) -> None:
    assert re.search(r"\b0 operations changed something", host.fab("provision").errors)


def test_it_can_be_given_back_and_taken_over_again(host: LiveHost, load: Load, tell: Tell) -> None:
    """Even if the client dies twice on the way: each deploy continues from what the one before has left."""
    refused = host.fab("give-back")
    assert refused.status == 1
    assert "no terminal to ask on" in refused.complaint
    with load as report:
        succeed(host, "give-back", "", "--yes")
        assert host.health() == {"status": "ok", "release": "unreleased"}
        previous(host, "UPDATE membership_comrade SET name = 'Edited Meanwhile' WHERE id = 1")
        for step in ("copy the previous register", "switch"):
            with host.start_fab("deploy", "--json") as client:
                reach(client, step)
                client.kill()
            assert host.health()["status"] == "ok"
        steps = [line["step"] for line in host.deploy().steps]
        assert {"repair an interrupted deploy", "take over from the previous site"} <= set(steps)
    tell(f"given back and taken over again: {report}")
    assert lost(report) == []
    assert host.is_well()
    assert host.shell("systemctl is-active former-gunicorn.service", check=False) == "inactive"
    assert host.psql("SELECT name FROM membership_comrade WHERE id = 1") == "Edited Meanwhile"


def lost(report: Report) -> list[str]:
    """The requests that would have failed for a person.

    A reload of nginx closes idle connections. If a request is sent on one at that moment, any browser sends
    it again (RFC 9112, 9.3.1), but the load's client does not.
    """
    sent_again = [line for line in report.lost if ClosedError.__name__ in line]
    assert len(sent_again) <= RELOADS, sent_again
    return [line for line in report.lost if line not in sent_again]


def succeed(host: LiveHost, task: str, content: str = "", *options: str) -> None:
    told = host.fab(task, *options, content=content)
    assert told.status == 0, told.output + told.errors


def previous(host: LiveHost, query: str) -> str:
    """Ask the previous site's own database, as its superuser."""
    return host.shell(f"runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 {by_hand.DATABASE}", query)


def challenge_is_answered(host: LiveHost) -> bool:
    """Whether a certificate authority would find its answer, for each of the site's names."""
    host.shell(f"install -d /var/www/acme/.well-known/acme-challenge; echo yes > /var/www/acme{CHALLENGE}")
    names = by_hand.settings(host)["domains"]
    answers = [httpx.get(f"http://{host.address}{CHALLENGE}", headers={"Host": name}) for name in names]
    return [answer.text for answer in answers] == ["yes\n"] * len(names)


def logs_in(host: LiveHost, name: str, password: str) -> bool:
    """Whether the admin lets that person in."""
    tls = ssl.create_default_context(cafile=str(host.authority))
    cookies = http.cookiejar.CookieJar()
    with httpx.Client(base_url=f"https://{host.address}", verify=tls, cookies=cookies) as browser:
        page = browser.get("/admin/login/").text
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
        form = {"username": name, "password": password, "csrfmiddlewaretoken": token, "next": "/admin/"}
        answer = browser.post("/admin/login/", data=form, headers={"Referer": f"https://{host.address}/"})
    return answer.status_code == httpx.codes.FOUND
