"""What is there at Google already: who asks, what an answer means, and how long anything is waited for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pulumi
import pytest

from infra.google_apis.existing import Existing
from infra.google_apis.session import GoogleApiError
from infra.settings import parse
from tools.program_run import Program


class Restoring:
    """Google, which answers one call after the other."""

    def __init__(self, answers: list[dict[str, Any]]) -> None:
        self._answers = answers
        self.asked: list[str] = []
        self.methods: list[str] = []
        self.bodies: list[Any] = []

    def call(self, method: str, url: str, json: Any = None) -> dict[str, Any]:
        self.asked.append(url)
        self.methods.append(method)
        self.bodies.append(json)
        return self._answers.pop(0)


@pytest.fixture
def existing(config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Existing:
    """Google does not answer."""

    def refuse(*_: object) -> None:
        raise GoogleApiError("GET https://x: refused")

    monkeypatch.setattr("infra.google_apis.existing.credentials", refuse)
    return Existing(parse(config))


def test_an_up_that_gets_no_answer_stops(existing: Existing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi.runtime.is_dry_run", lambda: False)
    with pytest.raises(pulumi.RunError, match="did not say what is there already: GET https://x: refused"):
        existing.get("iam", "v1/x")


def test_a_preview_goes_on_and_says_so_once(existing: Existing, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr("pulumi.runtime.is_dry_run", lambda: True)
    monkeypatch.setattr("pulumi.log.warn", warnings.append)
    assert existing.get("iam", "v1/x") is existing.get("iam", "v1/y") is None
    assert len(warnings) == 1


@pytest.mark.parametrize("of_the_stack", ["of-the-stack", None])
def test_it_asks_as_the_stack_says_or_as_whoever_runs_pulumi(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch, of_the_stack: str | None
) -> None:
    tokens: list[str | None] = []
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "of-the-person")
    monkeypatch.setattr("infra.google_apis.existing.credentials", tokens.append)
    asked: list[str] = []
    google = SimpleNamespace(find=asked.append)
    monkeypatch.setattr("infra.google_apis.existing.Session", lambda *_: google)
    config["ekklesia:googleApis"]["accessToken"] = of_the_stack
    existing = Existing(parse(config))
    assert existing.get("iam", "v1/x") is existing.get("iam", "v1/y") is None
    assert tokens == [of_the_stack or "of-the-person"]
    assert asked == ["https://iam.googleapis.com/v1/x", "https://iam.googleapis.com/v1/y"]


def test_an_api_that_is_not_enabled_has_nothing_of_it(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So begins each new project: the program enables the API after it has asked."""

    def refuse(*_: object) -> None:
        raise GoogleApiError("GET https://x: 403 has not been used before", 403, "SERVICE_DISABLED")

    monkeypatch.setattr("infra.google_apis.existing.credentials", refuse)
    monkeypatch.setattr("pulumi.runtime.is_dry_run", lambda: False)
    assert Existing(parse(config)).get("iam", "v1/x") is None


def test_a_restoration_is_waited_for(existing: Existing, monkeypatch: pytest.MonkeyPatch) -> None:
    google = Restoring(answers=[{"name": "operations/1"}, {}, {"done": True}])
    monkeypatch.setattr(existing, "_session", google)
    monkeypatch.setattr("pulumi.runtime.is_dry_run", lambda: False)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    existing.restore("iam", "v1/pool")
    assert [call.rpartition("/v1/")[2] for call in google.asked] == [
        "pool:undelete",
        "operations/1",
        "operations/1",
    ]
    assert google.methods == ["POST", "GET", "GET"]
    # Google wants a body, be it empty.
    assert google.bodies == [{}, None, None]


def test_what_is_done_at_once_is_not_asked_for_again(
    existing: Existing, monkeypatch: pytest.MonkeyPatch
) -> None:
    google = Restoring(answers=[{"name": "operations/1", "done": True}])
    monkeypatch.setattr(existing, "_session", google)
    monkeypatch.setattr("pulumi.runtime.is_dry_run", lambda: False)
    existing.restore("iam", "v1/pool")
    assert len(google.asked) == 1


def test_one_that_does_not_end_stops_the_up(existing: Existing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(existing, "_session", Restoring(answers=[{"name": "operations/1"}, {}]))
    monkeypatch.setattr("pulumi.runtime.is_dry_run", lambda: False)
    monkeypatch.setattr("infra.google_apis.existing.DONE_WITHIN_SECONDS", 0)
    with pytest.raises(
        pulumi.RunError, match=r"v1/pool was deleted and is not restored: not after 0 s.*: it goes on"
    ):
        existing.restore("iam", "v1/pool")


def test_a_restoration_has_minutes_and_a_function_the_time_of_its_first_build(
    existing: Existing, monkeypatch: pytest.MonkeyPatch, production: Program
) -> None:
    """The time that Pulumi itself gives one."""
    now = [0.0]
    monkeypatch.setattr("infra.google_apis.waiting.time.monotonic", lambda: now[0])
    monkeypatch.setattr("infra.google_apis.waiting.time.sleep", lambda pause: now.append(now.pop() + pause))
    monkeypatch.setattr("pulumi.runtime.is_dry_run", lambda: False)
    monkeypatch.setattr(existing, "_session", Restoring(answers=[{"name": "operations/1"}, *[{}] * 60]))
    with pytest.raises(pulumi.RunError, match="not after 300 s"):
        existing.restore("iam", "v1/pool")
    monkeypatch.setattr(existing, "get", lambda _api, _path: {"state": "DEPLOYING"})
    [minutes] = {int(it.patience[0].removesuffix("m")) for it in production.of_type("function:Function")}
    with pytest.raises(pulumi.RunError, match=f"^v2/f: not after {minutes * 60} s.*: v2/f is DEPLOYING"):
        existing.finished("cloudfunctions", "v2/f", "DEPLOYING")


def test_what_never_worked_is_gone_before_it_is_made_again(
    existing: Existing, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = {"done": True, "error": {"code": 13, "message": "try again"}}
    google = Restoring(answers=[{"name": "operations/1"}, {"done": True}, {"name": "operations/2"}, failed])
    monkeypatch.setattr(existing, "_session", google)
    monkeypatch.setattr("pulumi.runtime.is_dry_run", lambda: False)
    said: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", said.append)
    existing.delete("cloudfunctions", "v2/f", "has never worked")
    assert said == ["v2/f is there and has never worked; it is made again"]
    assert google.methods == ["DELETE", "GET"]
    assert [call.rpartition("/v2/")[2] for call in google.asked] == ["f", "operations/1"]
    with pytest.raises(pulumi.RunError, match="v2/f has never worked and is not deleted: try again"):
        existing.delete("cloudfunctions", "v2/f", "has never worked")


def test_what_is_being_made_is_waited_for(existing: Existing, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([{"state": "DEPLOYING"}, {"state": "DEPLOYING"}, {"state": "ACTIVE"}, {"state": "ACTIVE"}])
    monkeypatch.setattr(existing, "get", lambda _api, _path: next(answers))
    monkeypatch.setattr("pulumi.runtime.is_dry_run", lambda: False)
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    assert existing.finished("cloudfunctions", "v2/f", "DEPLOYING") == {"state": "ACTIVE"}


def test_a_preview_neither_deletes_nor_restores_nor_waits(
    existing: Existing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(existing, "get", lambda _api, _path: {"state": "DEPLOYING"})
    monkeypatch.setattr("pulumi.runtime.is_dry_run", lambda: True)
    monkeypatch.setattr("pulumi.log.warn", lambda _message: None)
    google = Restoring(answers=[])
    monkeypatch.setattr(existing, "_session", google)
    existing.delete("cloudfunctions", "v2/f", "has never worked")
    existing.restore("iam", "v1/pool")
    assert google.asked == []
    assert existing.finished("cloudfunctions", "v2/f", "DEPLOYING") == {"state": "DEPLOYING"}
