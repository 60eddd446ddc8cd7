"""Calls the front ends of `local/google/` as any of Google's clients does: by HTTP, with a bearer."""

from __future__ import annotations

import json
import threading
import time
from functools import cache
from typing import Any

import httpx

from local.google.frame.methods import method_of
from local.provider.gcp import retries
from local.provider.gcp.google_error import GoogleError
from local.services import programs
from local.services.world_program import start_service
from local.world import World

Body = dict[str, Any]
Content = Body | bytes | None
Headers = dict[str, str]
BOUNDARY = b"ekklesia-7f3c51f0d9b14a7d"
"""Between the parts of an upload. No content has it by chance."""
OWNER = {"Authorization": "Bearer owner"}
"""The project's owner, as who the program is brought up."""
SECONDS = 600.0
PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""Seconds between two questions for an operation; each pause is half as long again as the one before."""
LONGEST_OPERATION_SECONDS = 900.0
_starting = threading.Lock()


class FrontEnd:
    """The front ends of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def call(self, document: str, method: str, body: Body | None = None, **given: Any) -> Body:
        """Call a method of an API by its id without the API's name; return the answer, or an operation's end.

        Raises GoogleError.
        """
        name = document.split(".", maxsplit=1)[0]
        described = method_of(document, method)
        query = {key: value for key, value in given.items() if key not in described.path_parameters}
        url = f"{self._world.url('googleapis')}/{name}/{described.fill(given)}"
        answer = self._send(described.verb, url, query, body)
        if "done" in answer or "/operations/" in answer.get("name", ""):
            return self._end(f"{url.split('/v', 1)[0]}/{described.path.split('/')[0]}", answer)
        return answer

    def upload(self, bucket: str, described: Body, content: bytes) -> Body:
        """Put an object with its content into a bucket."""
        url = f"{self._world.url('googleapis')}/upload/storage/v1/b/{bucket}/o?uploadType=multipart"
        parts = [json.dumps(described).encode(), content]
        head = b"--" + BOUNDARY + b"\r\nContent-Type: application/octet-stream\r\n\r\n"
        whole = b"".join(head + part + b"\r\n" for part in parts) + b"--" + BOUNDARY + b"--"
        kind = {"Content-Type": f"multipart/related; boundary={BOUNDARY.decode()}"}
        return self._send("POST", url, {}, whole, kind)

    def _end(self, root: str, operation: Body) -> Body:
        deadline = time.monotonic() + LONGEST_OPERATION_SECONDS
        pause = PAUSE
        while not operation.get("done") and time.monotonic() < deadline:
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)
            operation = self._send("GET", f"{root}/{operation['name']}", {}, None)
        if error := operation.get("error"):
            raise GoogleError(error["code"], error["message"])
        return dict(operation.get("response", {}))

    def _send(self, verb: str, url: str, query: Body, body: Content, kind: Headers | None = None) -> Body:
        sent = {"content": body} if isinstance(body, bytes) else {"json": body}
        try:
            answer = self._tried(verb, url, params=query or None, headers=kind, **sent)
        except httpx.TransportError as error:
            raise GoogleError(503, f"no answer from {url}: {error or type(error).__name__}") from error
        if answer.is_error:
            raise GoogleError(answer.status_code, _message(answer))
        known: Body = answer.json() if answer.content else {}
        return known

    def _tried(self, verb: str, url: str, **sent: Any) -> httpx.Response:
        """The first answer that is not transient, or the last one."""
        for pause in retries.pauses():
            answer = self._answer(verb, url, **sent)
            if not retries.is_transient(answer.status_code, answer.text):
                return answer
            time.sleep(pause)
        return self._answer(verb, url, **sent)

    def _answer(self, verb: str, url: str, **sent: Any) -> httpx.Response:
        """The answer. If nobody listens, the front ends are started first."""
        try:
            return _client().request(verb, url, **sent)
        except httpx.ConnectError:
            with _starting:
                start_service(self._world, programs.googleapis(self._world))
            return _client().request(verb, url, **sent)


@cache
def _client() -> httpx.Client:
    """One for all calls of this process, since making one reads all certificates.

    It keeps no connection: the front ends may be restarted between two calls.
    """
    none_kept = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(headers=OWNER, timeout=SECONDS, trust_env=False, limits=none_kept)


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return answer.text
