"""A Firebase Rules API that remembers which rules were in force after each call."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

PROJECT = "projects/p"
PAGE = 7
LARGEST_PAGE = 100
"""That may be asked for."""
Answer = tuple[int, dict[str, Any]]


@dataclass
class RulesDouble:
    """Refuses what Google refuses: an empty file, a second release of that name, deleting what is used."""

    url: str = ""
    rulesets: dict[str, dict[str, Any]] = field(default_factory=dict)
    releases: dict[str, str] = field(default_factory=dict)
    in_force: list[str | None] = field(default_factory=list)
    """The content of `cloud.firestore` after each call."""
    calls: list[str] = field(default_factory=list)
    faults: dict[str, list[int]] = field(default_factory=dict)
    """HTTP method → the statuses with which its next calls fail."""
    quota_projects: set[str] = field(default_factory=set)
    made: int = 0

    def add(self, content: str) -> str:
        """A ruleset, newer than those before."""
        self.made += 1
        name = f"{PROJECT}/rulesets/{self.made:04d}"
        self.rulesets[name] = {
            "name": name,
            "createTime": f"2026-01-01T00:00:00.{self.made:06d}Z",
            "source": {"files": [{"name": "firestore.rules", "content": content}]},
            "metadata": {"services": ["cloud.firestore"]},
        }
        return name

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> Answer:
        """Answer one call and note what is in force after it."""
        self.calls.append(f"{method} {path}")
        planted = self.faults.get(method, [])
        answer = (planted.pop(0), _error("planted")) if planted else self._call(method, path, query, body)
        self.in_force.append(self.content("cloud.firestore"))
        return answer

    def content(self, release: str) -> str | None:
        """The text in force; None if there is no such release."""
        ruleset = self.rulesets.get(self.releases.get(f"{PROJECT}/releases/{release}", ""))
        return str(ruleset["source"]["files"][0]["content"]) if ruleset else None

    def _call(self, method: str, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> Answer:
        name = path.removeprefix("/v1/")
        collection, *one = name.split("/")[2:]
        if method == "GET":
            return self._get(collection, name) if one else self._list(collection, query)
        if method == "POST":
            return self._create_ruleset(body) if collection == "rulesets" else self._create_release(body)
        if method == "PATCH" and name in self.releases and body["updateMask"] == "rulesetName":
            return self._put_into_force(body["release"]["name"], body["release"]["rulesetName"])
        if method == "DELETE" and name in self.rulesets and name not in self.releases.values():
            del self.rulesets[name]
            return 200, {}
        return 400, _error(f"refused: {method} {path}")

    def _list(self, collection: str, query: dict[str, list[str]]) -> Answer:
        if collection == "rulesets":
            return self._page(
                collection, [{**each, "source": None} for each in self.rulesets.values()], query
            )
        return self._page(collection, [self._release(each) for each in self.releases], query)

    def _get(self, collection: str, name: str) -> Answer:
        if name in (self.rulesets if collection == "rulesets" else self.releases):
            return 200, self.rulesets[name] if collection == "rulesets" else self._release(name)
        return 404, _error("Requested entity was not found.")

    def _create_ruleset(self, body: dict[str, Any]) -> Answer:
        content = body["source"]["files"][0]["content"]
        if "{" not in content:
            return 400, _error("Line 1: Unexpected end of file")
        return 200, self.rulesets[self.add(content)]

    def _create_release(self, body: dict[str, Any]) -> Answer:
        if body["name"] in self.releases:
            return 409, _error("Requested entity already exists")
        return self._put_into_force(body["name"], body["rulesetName"])

    def _put_into_force(self, name: str, ruleset: str) -> Answer:
        if ruleset not in self.rulesets:
            return 404, _error("no ruleset")
        self.releases[name] = ruleset
        return 200, self._release(name)

    def _release(self, name: str) -> dict[str, Any]:
        return {"name": name, "rulesetName": self.releases[name]}

    def _page(self, collection: str, listed: list[Any], query: dict[str, list[str]]) -> Answer:
        if not 1 <= int(query.get("pageSize", ["1"])[0]) <= LARGEST_PAGE:
            return 400, _error("page size")
        start = int(query.get("pageToken", ["0"])[0])
        rest = {"nextPageToken": str(start + PAGE)} if len(listed) > start + PAGE else {}
        return 200, {collection: listed[start : start + PAGE], **rest}


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message}}


@contextmanager
def serving(double: RulesDouble) -> Iterator[RulesDouble]:
    """Serve the double on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            parts = urlsplit(self.path)
            body = json.loads(self.rfile.read(length) or b"{}")
            double.quota_projects.add(self.headers.get("x-goog-user-project", ""))
            answer = double.answer(self.command, unquote(parts.path), parse_qs(parts.query), body)
            content = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    double.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
