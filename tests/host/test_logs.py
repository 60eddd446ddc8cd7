"""No kennitala, name or e-mail that a request carries stands in any log of the host."""

from __future__ import annotations

import pytest

from tests.host.live_host import LiveHost

SITE = "https://starf.ekklesia.test"
HERE = "--silent --output /dev/null --connect-to starf.ekklesia.test:443:127.0.0.1:443"
PERSON = "0202802229"
"""A kennitala that nothing else on the host has."""


def ask(host: LiveHost, path: str, *options: str) -> None:
    quoted = " ".join(f"'{option}'" for option in options)
    host.shell(f"curl {HERE} {quoted} '{SITE}{path}'")


def everything_logged(host: LiveHost) -> str:
    """Every file of the logs (nginx's and PostgreSQL's too) and the whole journal, since the first start."""
    files = "find /var/log -type f -name '*.log' -exec cat {} +"
    return host.shell(f"{files}; journalctl --no-pager --output=cat")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        pytest.param(f"/felagar/api/full/{PERSON}/", "/felagar/api/full/020280-****/", id="path"),
        pytest.param("/felagar/api/full/020280-2229/", "/felagar/api/full/020280-****/", id="hyphen"),
        pytest.param(f"/admin/one/?q={PERSON}", "/admin/one/?...", id="query"),
        pytest.param("/admin/two/?q=Gunnl%C3%B6%C3%B0", "/admin/two/?...", id="name"),
        pytest.param("/admin/three/", "/admin/three/", id="nothing personal"),
        pytest.param("/felagar/12345678901/", "/felagar/12345678901/", id="another number"),
    ],
)
def test_a_request_is_logged_without_personal_data(live_host: LiveHost, path: str, shown: str) -> None:
    ask(live_host, path, "--header", f"Referer: {SITE}/admin/?q={PERSON}")

    logged = everything_logged(live_host)
    assert f'"GET {shown} HTTP/' in logged
    assert PERSON not in logged
    assert "020280-2229" not in logged
    assert "Gunnl" not in logged


def test_an_upstream_that_fails_quotes_no_request(live_host: LiveHost) -> None:
    """nginx's own line about such an error would hold the whole address."""
    live_host.shell("systemctl stop gunicorn.socket gunicorn.service")
    try:
        ask(live_host, f"/felagar/api/full/{PERSON}/")
    finally:
        live_host.shell("systemctl start gunicorn.socket gunicorn.service")
    assert PERSON not in everything_logged(live_host)


def test_a_management_command_is_logged_without_its_words(live_host: LiveHost) -> None:
    """Neither sudo nor systemd writes down for whom it was run."""
    told = live_host.fab("manage", "--", "erase_member", PERSON)

    assert told.status != 0
    logged = everything_logged(live_host)
    assert "manage.py erase_member" in logged
    assert PERSON not in logged


def test_a_statement_of_the_sites_that_fails_is_in_no_log(live_host: LiveHost) -> None:
    """PostgreSQL would write it down with the values in it."""
    failing = f"SELECT '{PERSON}'::date -- of {PERSON}"
    live_host.shell(f'. /etc/ekklesia/host.env && psql "$DATABASE_URL" -c "{failing}" || true')
    assert PERSON not in everything_logged(live_host)


def test_a_failing_statement_of_a_restore_is_logged_without_its_rows(live_host: LiveHost) -> None:
    mark = "no_such_table_of_the_log_test"
    statement = f"TABLE {mark} -- {PERSON}"
    live_host.shell(f"runuser -u postgres -- psql ekklesia -c '{statement}' || true")
    logged = everything_logged(live_host)
    assert f'relation "{mark}" does not exist' in logged
    assert PERSON not in logged
