"""The host believes only the proxy about who asked, by which scheme and for which name.

The host itself stands in for the proxy: it asks from an address that the stack's settings trust.
"""

from __future__ import annotations

import re

import pytest

from tests.host.live_host import LiveHost

PROXY, SOMEBODY = "127.0.0.2", "127.0.0.3"
PERSON, FORGED = "203.0.113.77", "203.0.113.99"
FIRST, SECOND = "starf.ekklesia.test", "felagakerfi.ekklesia.test"
UNKNOWN = "evil.example"
LOGIN = "/admin/login/"
WRONG_LOGINS = 6
EMPTY_REPLY = "52"
"""curl's exit status if the other side closes the connection without an answer."""


def ask(host: LiveHost, source: str, *options: str, name: str = FIRST, path: str = LOGIN) -> str:
    """Ask the site for a page, from an address of the host: the status, and where it redirects to."""
    told = "--silent --output /dev/null --write-out '%{http_code} %{redirect_url}'"
    return host.shell(f"curl {told} {request(source, name, path, *options)}")


def request(source: str, name: str, path: str, *options: str, scheme: str = "https") -> str:
    port = {"https": 443, "http": 80}[scheme]
    quoted = " ".join(f"'{option}'" for option in options)
    return (
        f"--interface {source} --connect-to {name}:{port}:127.0.0.1:{port} {quoted} {scheme}://{name}{path}"
    )


def header(name: str, value: str) -> tuple[str, str]:
    return "--header", f"{name}: {value}"


@pytest.mark.parametrize(
    ("source", "forwarded", "seen"),
    [
        pytest.param(PROXY, PERSON, PERSON, id="the proxy is believed"),
        pytest.param(PROXY, f"{FORGED}, {PERSON}", PERSON, id="but not what the person told the proxy"),
        pytest.param(PROXY, f"{PERSON}, {PROXY}", PERSON, id="nor is a second proxy of ours the person"),
        pytest.param(SOMEBODY, FORGED, SOMEBODY, id="nobody else is"),
    ],
)
def test_logs_show_who_asked(live_host: LiveHost, source: str, forwarded: str, seen: str) -> None:
    mark = f"/felagar/seen-by-{source}-as-{seen}/{len(forwarded)}/"
    ask(live_host, source, *header("X-Forwarded-For", forwarded), path=mark)
    line = live_host.shell(f"grep -F '{mark}' /var/log/nginx/access.log | tail -1")
    assert line.startswith(f"{seen} ")


def test_wrong_passwords_count_for_the_person_and_for_who_really_asks(live_host: LiveHost) -> None:
    """Five lock that person's name; the address that counts is the proxy's word, or the connection's."""
    locked = guess(live_host, PROXY, PERSON, WRONG_LOGINS, name="nobody")
    assert locked == ["200"] * 5 + ["429"]
    assert guess(live_host, PROXY, "203.0.113.78", 1, name="nobody") == ["429"]
    assert guess(live_host, PROXY, "203.0.113.78", 1, name="somebody") == ["200"]
    assert guess(live_host, SOMEBODY, PERSON, 1, name="another") == ["200"]
    addresses = live_host.psql("SELECT DISTINCT address FROM staff_failedlogin")
    assert set(addresses.split()) == {PERSON, "203.0.113.78", SOMEBODY}
    live_host.psql("DELETE FROM staff_failedlogin")


GUESS = """\
cookies=$(mktemp)
trap 'rm -f "$cookies"' EXIT
for try in $(seq "$3"); do
    page=$(curl --silent --cookie-jar "$cookies" --interface "$1" --header "X-Forwarded-For: $2" $where)
    token=$(echo "$page" | sed -n 's/.*name="csrfmiddlewaretoken" value="\\([^"]*\\)".*/\\1/p' | head -1)
    curl --silent --output /dev/null --write-out '%{http_code}\\n' --cookie "$cookies" --interface "$1" \\
        --header "X-Forwarded-For: $2" --referer https://starf.ekklesia.test/ \\
        --data "csrfmiddlewaretoken=$token&username=$4&password=wrong$try&next=/admin/" $where
done
"""


def guess(host: LiveHost, source: str, forwarded: str, count: int, *, name: str) -> list[str]:
    """Log in with wrong passwords; the statuses."""
    where = f"where='--connect-to {FIRST}:443:127.0.0.1:443 https://{FIRST}{LOGIN}'"
    return host.shell(f"{where}; set -- {source} {forwarded} {count} {name}\n{GUESS}").split()


def test_a_person_who_came_to_the_proxy_without_tls_is_redirected_to_tls(live_host: LiveHost) -> None:
    plain = header("X-Forwarded-Proto", "http")
    assert ask(live_host, PROXY, *plain) == f"301 https://{FIRST}{LOGIN}"
    assert ask(live_host, SOMEBODY, *plain) == "200"


def test_the_name_that_the_proxy_was_asked_for_is_the_one_that_counts(live_host: LiveHost) -> None:
    asked = (*header("X-Forwarded-Host", SECOND), *header("X-Forwarded-Proto", "http"))
    assert ask(live_host, PROXY, *asked) == f"301 https://{SECOND}{LOGIN}"
    assert (
        ask(live_host, PROXY, *header("X-Forwarded-Host", UNKNOWN), *asked[2:])
        == f"301 https://{FIRST}{LOGIN}"
    )
    assert ask(live_host, SOMEBODY, *asked) == "200"


def test_the_proxy_may_not_bring_members_data_without_tls(live_host: LiveHost) -> None:
    options = request(PROXY, SECOND, LOGIN, *header("X-Forwarded-Proto", "https"), scheme="http")
    answer = live_host.shell(f"curl --silent --write-out ' %{{http_code}}' {options}")
    assert re.fullmatch(r"The proxy must ask this host by HTTPS\.\s+421", answer)
    assert (
        live_host.shell(
            f"curl --silent --output /dev/null --write-out '%{{http_code}}' "
            f"{request(SOMEBODY, SECOND, LOGIN, scheme='http')}"
        )
        == "301"
    )


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_the_admin_is_under_both_names(live_host: LiveHost, name: str) -> None:
    assert ask(live_host, SOMEBODY, name=name) == "200"
    assert ask(live_host, SOMEBODY, name=name, path="/admin/") == f"302 https://{name}{LOGIN}?next=/admin/"


@pytest.mark.parametrize("source", [PROXY, SOMEBODY])
def test_another_name_gets_no_answer(live_host: LiveHost, source: str) -> None:
    options = request(source, FIRST, LOGIN, *header("Host", UNKNOWN))
    assert live_host.shell(f"curl --silent --http1.1 {options}; echo $?") == EMPTY_REPLY
