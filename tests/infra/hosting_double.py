"""A Hosting API that answers as Google's does and refuses what Google's refuses."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

VERSION = "sites/demo/versions/v1"


@dataclass
class HostingDouble:
    """The requests that came, and the faults that the double should show."""

    known: set[str] = field(default_factory=set)
    """Hashes of files that need no upload."""
    faults: list[int] = field(default_factory=list)
    """HTTP statuses with which the next requests fail; after them the double works again."""
    url: str = ""
    releases: list[dict[str, Any]] = field(default_factory=list)
    """The versions of the releases that there are, newest first."""
    earlier: dict[str, str] = field(default_factory=dict)
    """The files of the newest of them: path → hash."""
    labels: dict[str, str] = field(default_factory=dict)
    asked: dict[str, list[str]] = field(default_factory=dict)
    """The query of the last question for releases."""
    config: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    bearers: set[str] = field(default_factory=set)
    finalized: bool = False
    released: str | None = None

    def answer(self, method: str, path: str, query: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if self.faults:
            return self.faults.pop(0), {"error": {"message": "planted"}}
        if path.startswith("/upload/"):
            return self._upload(path.rsplit("/", 1)[-1], body)
        return self._call(f"{method} {path.removeprefix('/v1beta1/')}", query, json.loads(body or b"{}"))

    def _call(self, call: str, query: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if call.startswith("GET"):
            return self._tell(call, query)
        match call:
            case "POST sites/demo/versions":
                self.config, self.labels = body["config"], body["labels"]
                return 200, {"name": VERSION, "status": "CREATED"}
            case "POST sites/demo/versions/v1:populateFiles":
                return self._populate(body["files"])
            case "PATCH sites/demo/versions/v1":
                return self._finalize(query, body)
            case "POST sites/demo/releases":
                return self._release(query)
        return 404, {"error": {"message": f"no such method: {call}"}}

    def page(self, path: str) -> bytes:
        """A file as a visitor gets it."""
        return gzip.decompress(self.contents[self.files[path]])

    def _tell(self, call: str, query: str) -> tuple[int, dict[str, Any]]:
        if call == "GET sites/demo/releases":
            self.asked = parse_qs(query)
            return 200, {"releases": [{"version": version} for version in self.releases]}
        return self._list(query) if call == "GET sites/demo/versions/v0/files" else (404, {})

    def _list(self, query: str) -> tuple[int, dict[str, Any]]:
        """The files in pages of two."""
        begin = int(parse_qs(query).get("pageToken", ["0"])[0])
        paths = sorted(self.earlier)
        files = [{"path": path, "hash": self.earlier[path]} for path in paths[begin : begin + 2]]
        more = {"nextPageToken": str(begin + 2)} if begin + 2 < len(paths) else {}
        return 200, {"files": files, **more}

    def _populate(self, files: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.files |= files
        missing = sorted(set(files.values()) - self.known)
        return 200, {"uploadRequiredHashes": missing, "uploadUrl": f"{self.url}/upload/{VERSION}/files"}

    def _upload(self, sha256: str, content: bytes) -> tuple[int, dict[str, Any]]:
        if hashlib.sha256(content).hexdigest() != sha256 or sha256 not in self.files.values():
            return 400, {"error": {"message": "the content is not what its hash says"}}
        self.contents[sha256] = content
        return 200, {}

    def _finalize(self, query: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        lacking = set(self.files.values()) - self.known - set(self.contents)
        if parse_qs(query) != {"updateMask": ["status"]} or body != {"status": "FINALIZED"} or lacking:
            return 400, {"error": {"message": "files are missing"}}
        self.finalized = True
        return 200, {"name": VERSION, "status": "FINALIZED"}

    def _release(self, query: str) -> tuple[int, dict[str, Any]]:
        if not self.finalized or parse_qs(query) != {"versionName": [VERSION]}:
            return 400, {"error": {"message": "the version is not finalized"}}
        self.released = VERSION
        return 200, {"name": "sites/demo/releases/r1", "version": {"name": VERSION}}


@contextmanager
def serving(double: HostingDouble) -> Iterator[HostingDouble]:
    """Serve the double on a free port of the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            double.bearers.add(self.headers.get("Authorization", ""))
            parts = urlsplit(self.path)
            status, answer = double.answer(self.command, parts.path, parts.query, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - the server finds its methods by these names

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        double.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield double
        finally:
            server.shutdown()
            thread.join()
