"""The client of Django's API against a real HTTP server with answers from the test."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from sync import django_client
from sync.backoff import Backoff
from sync.django_client import DjangoClient
from sync.failures import AccessError, PermanentError, RefusedError, TransientError
from sync.peer import Acknowledgement, MemberFailure, Presented

JON = "0101701234"


@dataclass
class Script:
    """Answers in their order (status, body, headers), and the requests that came."""

    answers: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def answer(self, body: Any, status: int = 200, **headers: str) -> None:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers.append((status, text, headers))


def _handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            script.asked.append((self.command, self.path, dict(self.headers), body))
            status, text, headers = script.answers.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _serve  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    return Handler


@contextmanager
def _serving(script: Script) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(script))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/felagar"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def client(script: Script) -> Iterator[DjangoClient]:
    with _serving(script) as url:
        client = DjangoClient(url, SecretStr("a-token"), Backoff(attempts=3, sleep=script.waits.append))
        yield client
        client.close()


def shown(kennitala: str = JON) -> Presented:
    return Presented(
        kennitala=kennitala,
        document={"name": "Jón"},
        update_time="2026-11-23T10:00:00Z",
        operation=None,
        edited="2026-11-23T09:59:59Z",
    )


def test_a_claim_is_a_post_with_the_token(client: DjangoClient, script: Script) -> None:
    script.answer({"changes": [{"id": 1, "kennitala": JON, "rev": 3}], "remaining": 0})

    claim = client.claim("worker", 10, 60)

    [(method, path, headers, body)] = script.asked
    assert (method, path) == ("POST", "/felagar/api/sync/changes/")
    assert headers["Authorization"] == "Token a-token"
    assert body == {"worker": "worker", "limit": 10, "lease_seconds": 60}
    assert [change.kennitala for change in claim.changes] == [JON]


def test_documents_are_sent_in_version_1(client: DjangoClient, script: Script) -> None:
    write = {
        "document": {"name": "Jón"},
        "precondition": {"update_time": "2026-11-23T10:00:00Z"},
        "operation": "o",
        "rev": 4,
    }
    script.answer({"results": {JON: {"outcome": "write", "write": write}}})

    verdicts = client.apply("2026-11-23T10:00:01Z", [shown()], dry_run=False)

    assert script.asked[0][3] == {
        "version": 1,
        "read_time": "2026-11-23T10:00:01Z",
        "dry_run": False,
        "epoch": None,
        "moves": True,
        "documents": [
            {
                "kennitala": JON,
                "document": {"name": "Jón"},
                "update_time": "2026-11-23T10:00:00Z",
                "operation": None,
                "told": {},
                "edited": "2026-11-23T09:59:59Z",
                "erasure": None,
                "listed": None,
            }
        ],
    }
    decided = verdicts[JON].write
    assert decided is not None
    assert decided.rev == 4


def test_no_kennitala_is_part_of_an_address(client: DjangoClient, script: Script) -> None:
    script.answer({"members": [], "next": None})
    script.answer({"results": {JON: "acknowledged"}})

    client.hashes(JON, 100)
    acknowledgement = Acknowledgement(kennitala=JON, operation="o", rev=1, update_time=None)
    failure = MemberFailure(kennitala="0202802345", message="no", permanent=True)
    client.mark_synced([acknowledgement], [failure])

    assert all(JON not in path for _, path, _, _ in script.asked)
    assert script.asked[0][3]["after"] == JON


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(client: DjangoClient, script: Script, status: int) -> None:
    script.answer({}, status)
    script.answer({"changes": [], "remaining": 0})

    assert client.claim("worker", 10, 60).changes == []
    assert len(script.waits) == 1


def test_the_last_failure_is_told_after_the_last_attempt(client: DjangoClient, script: Script) -> None:
    for _ in range(3):
        script.answer({}, 503)

    with pytest.raises(TransientError, match="HTTP 503"):
        client.claim("worker", 10, 60)
    assert len(script.asked) == 3


def test_the_host_says_how_long_to_wait(client: DjangoClient, script: Script) -> None:
    script.answer({}, 503, Retry_After="3")
    script.answer({"changes": [], "remaining": 0})

    client.claim("worker", 10, 60)

    assert script.waits == [3.0]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_told_as_such_and_blames_no_member(
    client: DjangoClient, script: Script, status: int
) -> None:
    for _ in range(3):
        script.answer({}, status)

    with pytest.raises(AccessError):
        client.apply("2026-11-23T10:00:00Z", [shown()], dry_run=False)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_request_is_not_sent_again(client: DjangoClient, script: Script, status: int) -> None:
    script.answer({}, status)

    with pytest.raises(RefusedError):
        client.apply("2026-11-23T10:00:00Z", [shown()], dry_run=False)
    assert len(script.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 404, 405])
def test_a_wrong_address_is_permanent_and_never_followed(
    client: DjangoClient, script: Script, status: int
) -> None:
    script.answer({}, status, Location="https://elsewhere.example/")

    with pytest.raises(PermanentError, match=str(status)):
        client.claim("worker", 10, 60)
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    "body",
    [b"<html>502</html>", b"", b"[]", b'{"results": []}', b"\xff", b"null", b"[" * 100_000],
    ids=["html", "empty", "list", "wrong results", "no utf-8", "null", "deep"],
)
def test_garbage_is_a_passing_failure(client: DjangoClient, script: Script, body: bytes) -> None:
    for _ in range(3):
        script.answer(body)

    with pytest.raises(TransientError):
        client.apply("2026-11-23T10:00:00Z", [shown()], dry_run=False)


@pytest.mark.parametrize(
    "verdict",
    [{"outcome": "perhaps"}, {"outcome": "write"}, "clean", {"outcome": "clean", "write": {}}, None],
)
def test_a_verdict_that_makes_no_sense_concerns_its_member_alone(
    client: DjangoClient, script: Script, verdict: Any
) -> None:
    script.answer({"results": {JON: verdict, "0202802345": {"outcome": "clean"}}})

    verdicts = client.apply("2026-11-23T10:00:00Z", [shown(), shown("0202802345")], dry_run=False)

    assert list(verdicts) == ["0202802345"]


def test_an_answer_without_end_is_cut_off(
    client: DjangoClient, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_client, "MAX_ANSWER_BYTES", 1000)
    for _ in range(3):
        script.answer({"results": {"x": "y" * 2000}})

    with pytest.raises(TransientError, match="larger than 1000 bytes"):
        client.apply("2026-11-23T10:00:00Z", [shown()], dry_run=False)


def test_a_host_that_is_down_is_a_passing_failure() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    client = DjangoClient(
        f"http://127.0.0.1:{port}", SecretStr("a-token"), Backoff(attempts=1, sleep=lambda seconds: None)
    )

    with pytest.raises(TransientError, match="ConnectionError"):
        client.claim("worker", 10, 60)


def test_a_slow_host_is_given_up(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_client, "READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = DjangoClient(url, SecretStr("a-token"), Backoff(attempts=2, sleep=script.waits.append))

        with pytest.raises(TransientError, match="Timeout"):
            client.claim("worker", 10, 60)
        client.close()


def test_the_token_is_in_no_error_and_no_representation(client: DjangoClient, script: Script) -> None:
    for _ in range(3):
        script.answer({}, 401)

    with pytest.raises(AccessError) as caught:
        client.claim("worker", 10, 60)
    assert "a-token" not in repr(client) + str(caught.value)
