"""Who calls Google's APIs, which project pays, what is asked again, and what a refusal is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from socket import socket

import google.auth
import pytest
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import DefaultCredentialsError, RefreshError
from requests import Response

from infra.google_apis import session
from infra.google_apis.session import GoogleApiError, Session, credentials
from tests.infra.rules_double import RulesDouble, serving


@pytest.fixture
def double() -> Iterator[RulesDouble]:
    with serving(RulesDouble()) as served:
        yield served


def test_without_a_token_the_callers_own_credentials_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the whole of Google's cloud: the program calls many of its APIs."""
    own, asked = AnonymousCredentials(), []

    def default(scopes: list[str]) -> tuple[AnonymousCredentials, None]:
        asked.append(scopes)
        return own, None

    monkeypatch.setattr(google.auth, "default", default)
    assert credentials(None) is own
    assert asked == [["https://www.googleapis.com/auth/cloud-platform"]]


def test_somebody_without_any_credentials_is_told_how_to_get_some(monkeypatch: pytest.MonkeyPatch) -> None:
    def default(**_: object) -> None:
        raise DefaultCredentialsError("none were found")

    monkeypatch.setattr(google.auth, "default", default)
    with pytest.raises(GoogleApiError, match=r"none were found \(`gcloud auth application-default login`"):
        credentials(None)


def test_a_persons_calls_count_on_the_project(double: RulesDouble) -> None:
    """Their own credentials name no project; Firebase's APIs answer 403 then."""
    Session(credentials("t"), "p").find(f"{double.url}/v1/projects/p/releases/r")
    assert double.quota_projects == {"p"}


def test_an_accounts_calls_count_where_the_account_is(double: RulesDouble) -> None:
    Session(AnonymousCredentials(), "p").find(f"{double.url}/v1/projects/p/releases/r")
    assert double.quota_projects == {""}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_that_passes_is_asked_for_again(double: RulesDouble, method: str, status: int) -> None:
    """Writes, too: each of ours may be made twice."""
    double.faults[method] = [status]
    content = {"source": {"files": [{"name": "firestore.rules", "content": "{"}]}}
    Session(credentials("t"), "p").call(method, f"{double.url}/v1/projects/p/rulesets", json=content)
    assert len(double.calls) == 2


def test_it_is_asked_six_times_with_pauses_that_grow_and_no_more(
    double: RulesDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", pauses.append)
    session, url = Session(credentials("t"), "p"), f"{double.url}/v1/projects/p/rulesets"
    double.faults["GET"] = [503] * 5
    assert session.call("GET", url) == {"rulesets": []}
    assert len(double.calls) == 6
    assert pauses == sorted(pauses)
    assert 5 < sum(pauses) < 60
    double.faults["GET"] = [503] * 6
    with pytest.raises(GoogleApiError, match=f"^GET {url}: .*too many 503"):
        session.call("GET", url)
    assert len(double.calls) == 12


def test_who_is_not_there_is_asked_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", pauses.append)
    with closing(socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1/x"
        with pytest.raises(GoogleApiError, match=f"^GET {url}: ") as caught:
            Session(credentials("t"), "p").find(url)
    assert (caught.value.status, caught.value.reason) == (0, "")
    # Before the first repetition there is no pause.
    assert len(pauses) == 1


def test_nobody_is_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def request(_self: object, _method: str, _url: str, *, timeout: float) -> Response:
        given.append(timeout)
        answer = Response()
        answer.status_code = 204
        return answer

    monkeypatch.setattr("infra.google_apis.session.AuthorizedSession.request", request)
    assert Session(credentials("t"), "p").request("GET", "http://x").status_code == 204
    assert 10 <= given[0] <= 120


@pytest.mark.parametrize("status", [400, 401, 403, 409])
def test_a_refusal_is_told_at_once(double: RulesDouble, status: int) -> None:
    double.faults["GET"] = [status]
    url = f"{double.url}/v1/projects/p/rulesets"
    with pytest.raises(GoogleApiError) as caught:
        Session(credentials("t"), "p").find(url)
    assert str(caught.value) == f"GET {url}: {status} planted"
    assert (caught.value.status, caught.value.reason) == (status, "")
    assert len(double.calls) == 1


def test_what_is_not_there_is_none(double: RulesDouble) -> None:
    assert Session(credentials("t"), "p").find(f"{double.url}/v1/projects/p/releases/r") is None


def test_addresses_on_this_machine_and_googles_are_asked_with_the_same_patience() -> None:
    asking = Session(credentials("t"), "p")._session
    [retries] = {vars(asking.get_adapter(f"{scheme}://x"))["max_retries"] for scheme in ("http", "https")}
    assert retries.total > 3


def test_a_page_that_is_no_json_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Response()
    answer.status_code, answer._content = 502, b"<html>of a proxy"
    monkeypatch.setattr("infra.google_apis.session.AuthorizedSession.request", lambda *_, **__: answer)
    with pytest.raises(GoogleApiError) as caught:
        Session(credentials("t"), "p").call("GET", "http://x")
    assert str(caught.value) == "GET http://x: 502 <html>of a proxy"
    assert caught.value.reason == ""


def test_credentials_that_are_no_longer_good_are_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def request(*_: object, **__: object) -> None:
        raise RefreshError("Reauthentication is needed")

    monkeypatch.setattr("infra.google_apis.session.AuthorizedSession.request", request)
    with pytest.raises(GoogleApiError, match=r"^GET http://x: Reauthentication is needed$"):
        Session(credentials("t"), "p").call("GET", "http://x")


@pytest.mark.parametrize(
    ("body", "shown"),
    [("a page of a proxy", '"a page o'), ({"error": "a word"}, '{"error":'), ({}, "{}")],
)
def test_a_refusal_that_is_not_googles_is_shown_in_short(
    double: RulesDouble, monkeypatch: pytest.MonkeyPatch, body: object, shown: str
) -> None:
    monkeypatch.setattr(double, "answer", lambda *_: (403, body))
    monkeypatch.setattr(session, "SHOWN_CHARACTERS", 9)
    with pytest.raises(GoogleApiError) as caught:
        Session(credentials("t"), "p").call("GET", double.url)
    assert str(caught.value) == f"GET {double.url}: 403 {shown}"
    assert caught.value.reason == ""
