"""The program goes on as soon as each API answers, and stops after a bounded time if one does not."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from infra.google_apis import await_apis, command
from infra.google_apis.session import GoogleApiError, Session, credentials
from tests.infra.rules_double import RulesDouble, serving
from tools.program_run import Program

DISABLED = GoogleApiError("GET x: 403 has not been used before", 403, "SERVICE_DISABLED")


class Google:
    """Answers each URL as told, one after the other; the last answer stays."""

    def __init__(self, **answers: list[Exception | None]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def request(self, _method: str, url: str) -> None:
        self.asked.append(url)
        answers = self.answers[url]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer:
            raise answer


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long is waited, which takes no time here."""
    slept: list[float] = []
    now = [0.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    monkeypatch.setattr("infra.google_apis.waiting.time.sleep", sleep)
    monkeypatch.setattr("infra.google_apis.waiting.time.monotonic", lambda: now[0])
    return slept


def run(google: Any) -> list[str]:
    said: list[str] = []
    told = await_apis.Told(project="p", questions={url: url for url in google.answers})
    await_apis.run(told, google, said.append)
    return said


def test_apis_that_answer_are_not_waited_for(pauses: list[float]) -> None:
    assert run(Google(iam=[None], run=[None])) == ["2 APIs answer"]
    assert pauses == []


def test_only_those_that_do_not_answer_yet_are_asked_again(pauses: list[float]) -> None:
    google = Google(iam=[None], run=[DISABLED, DISABLED, None])
    assert run(google) == ["not yet: run disabled as yet"] * 2 + ["2 APIs answer"]
    assert google.asked == ["iam", "run", "run", "run"]
    assert pauses == [1.0, 2.0]
    both = Google(iam=[DISABLED, None], run=[DISABLED, None])
    assert run(both)[0] == "not yet: iam, run disabled as yet"


@pytest.mark.parametrize("status", [400, 403, 404])
def test_any_other_answer_is_one(pauses: list[float], status: int) -> None:
    assert run(Google(identitytoolkit=[GoogleApiError("no", status, "CONFIGURATION_NOT_FOUND")]))
    assert pauses == []


def test_no_answer_at_all_is_told_at_once() -> None:
    with pytest.raises(GoogleApiError, match="no route"):
        run(Google(iam=[GoogleApiError("no route")]))


def test_the_wait_is_bounded_and_says_for_what(pauses: list[float]) -> None:
    with pytest.raises(GoogleApiError, match=r"not after 600 s.* run disabled as yet"):
        run(Google(run=[DISABLED]))
    assert sum(pauses) <= await_apis.PATIENCE_SECONDS
    assert max(pauses) == 15


def test_the_reason_is_read_from_googles_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(RulesDouble()) as google:
        details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}]
        body = {"error": {"message": "it is disabled", "details": details}}
        monkeypatch.setattr(google, "answer", lambda *_: (403, body))
        session = Session(credentials("t"), "p")
        with pytest.raises(GoogleApiError, match="403 it is disabled") as caught:
            session.call("GET", f"{google.url}/v1/x")
    assert caught.value.reason == "SERVICE_DISABLED"


def test_the_program_asks_every_api_on_which_something_waits(production: Program) -> None:
    told = json.loads(production.get("Command", "apis-answer").inputs["stdin"])
    enabled = {it.name.removeprefix("api-") for it in production.of_type("projects/service:Service")}
    assert enabled - told["questions"].keys() == {"iamcredentials", "logging", "sts"}
    assert told["questions"]["run"] == (
        "https://run.googleapis.com/v2/projects/ekklesia-prod-10-2025/locations/europe-west2/services"
    )


def test_the_command_fails_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"project": "p", "questions": 1}'))
    assert command.main("await_apis", await_apis.Told, await_apis.run) == 1
    assert capsys.readouterr().err.startswith("await_apis: settings: questions: ")
