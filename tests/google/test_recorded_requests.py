"""The requests that Google's own Pulumi provider sent for this program, replayed in their order.

`recorded_requests.jsonl` has them as the real plugin (gcp, after v9.35) sent them in a first `up`, a change
of the rules and a second `up` in a project that has everything already: method, path, body, and the status
that Google is believed to answer. Repeated reads, most functions and the contents of archive and rules are
left out. `creates` is the id that was invented for what the request made. Before the function with an event
trigger stand two requests that the program has sent since: for the agent of Eventarc, and for its role.

What is answered is checked against Google's description by the front end itself (`frame/front.py`), so a
wrong shape is a 500 here.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.google.apis import versions
from local.services.enabled_apis import project_number
from local.world import World

from .conftest import bearer, running
from .functions import archive

RECORDED = Path(__file__).with_name("recorded_requests.jsonl")
ROWS = [json.loads(line) for line in RECORDED.read_text().splitlines()]
RULES = "rules_version = '2'; service cloud.firestore { match /{all=**} { allow read; } }"
ANOTHER_HOST = {"upload"}
Row = dict[str, Any]


class Replay:
    """One replay, which knows what was called otherwise in the recording."""

    def __init__(self, world: World, client: httpx.Client) -> None:
        self._client = client
        self._names = {
            "PROJECT": world.project,
            "NUMBER": str(project_number(world.project)),
            "RULES": RULES,
        }

    def send(self, row: Row) -> httpx.Response:
        """Send one request; remember what it made."""
        path, body = self._said(row["path"]), row.get("body")
        if "uploadType=multipart" in path:
            return self._client.post(path, content=multipart(), headers=MULTIPART)
        sent = json.loads(self._said(json.dumps(body))) if body is not None else None
        if sent and "etag" in json.dumps(sent):
            sent = self._with_present_etag(path, sent)
        answer = self._client.request(row["method"], path, json=sent)
        self._wait(path, answer)
        if "creates" in row and answer.is_success:
            made = answer.json().get("response", answer.json())
            self._names[row["creates"]] = made["name"].rsplit("/", 1)[-1]
        return answer

    def _wait(self, path: str, answer: httpx.Response) -> None:
        """Wait for the end of an operation, as the plugin does."""
        operation = answer.json()
        for _ in range(1200):
            if operation.get("done") is not False:
                assert "done" not in operation or "error" not in operation, operation
                return
            time.sleep(0.1)
            api, version = path.split("/")[1:3]
            operation = self._client.get(f"/{api}/{version}/{operation['name']}").json()

    def _said(self, text: str) -> str:
        for recorded, name in self._names.items():
            text = text.replace(recorded, name)
        return text

    def _with_present_etag(self, path: str, sent: Row) -> Row:
        """The policy as its writer would have read it just before."""
        if path.split("?", maxsplit=1)[0].endswith("/iam"):
            return {**sent, "etag": self._client.get(path).json().get("etag")}
        read = path.split("?", maxsplit=1)[0].replace(":setIamPolicy", ":getIamPolicy")
        is_get = read.startswith(("/secretmanager", "/run"))
        present = self._client.get(read) if is_get else self._client.post(read, json=None)
        return {**sent, "policy": {**sent["policy"], "etag": present.json().get("etag")}}


ENTRY_POINTS = ("healthz", "track_member_changes")
MULTIPART = {"Content-Type": "multipart/related; boundary=b"}


def multipart() -> bytes:
    """An upload of a source with the entry points of the recorded functions."""
    part = b"--b\r\nContent-Type: application/octet-stream\r\n\r\n"
    source = archive("\n".join(f"def {name}(event): ..." for name in ENTRY_POINTS))
    return part + b"{}\r\n" + part + source + b"\r\n--b--"


@pytest.fixture(scope="module")
def answers() -> Any:
    """Row → its answer, in a fresh project where no API is enabled yet."""
    with running("replay") as world:
        client = httpx.Client(base_url=world.url("googleapis"), headers=bearer(), trust_env=False, timeout=60)
        with client:
            replay = Replay(world, client)
            yield [(row, replay.send(row)) for row in ROWS]


def api_of(row: Row) -> str:
    return str(row["path"].split("/")[1])


SERVED = {*versions(), *ANOTHER_HOST}


def test_each_request_is_answered_as_google_would(answers: list[tuple[Row, httpx.Response]]) -> None:
    wrong = [
        f"{row['method']} {row['path']}: {answer.status_code} {answer.text}"
        for row, answer in answers
        if answer.status_code != row["status"]
    ]
    assert wrong == []


def test_every_api_is_replayed(answers: list[tuple[Row, httpx.Response]]) -> None:
    assert {api_of(row) for row in ROWS} <= SERVED
    assert len(answers) == len(ROWS)
