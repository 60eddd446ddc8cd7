"""One site of Firebase Hosting on disk: its files by hash, its versions, and its releases, newest first.

A version is closed before it is released and never changes after that, so a reader needs no lock. Visitors
see the version of the newest release, and switch to the next with one rename.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.services.google_errors import GoogleError, invalid
from local.whole_file import write_whole
from local.world import World

HASH = re.compile(r"[0-9a-f]{64}")
ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
CREATED, FINALIZED = "CREATED", "FINALIZED"


class HostedSite:
    """The site of that id."""

    def __init__(self, world: World, site: str) -> None:
        self.name = f"sites/{site}"
        self._folder = world.state / "hosting" / site

    def create_version(
        self, config: Mapping[str, Any], labels: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Make a version without files."""
        version: dict[str, Any] = {
            "name": f"{self.name}/versions/{secrets.token_hex(8)}",
            "status": CREATED,
            "config": dict(config),
            "labels": dict(labels or {}),
            "createTime": _now(),
            "files": {},
        }
        self._write(self._version_path(version["name"]), version)
        return version

    def version(self, name: str) -> dict[str, Any]:
        """A version with its `files`: path → hash. Raises GoogleError if there is none."""
        try:
            found: dict[str, Any] = json.loads(self._version_path(name).read_text())
        except FileNotFoundError as error:
            raise GoogleError(404, f"{name} does not exist") from error
        return found

    def versions(self) -> list[dict[str, Any]]:
        """All versions, newest first."""
        found = [json.loads(path.read_text()) for path in (self._folder / "versions").glob("*.json")]
        return sorted(found, key=lambda version: str(version["createTime"]), reverse=True)

    def populate(self, name: str, files: Mapping[str, str]) -> list[str]:
        """Add files (path → SHA-256 of the gzipped content) to an open version; return the missing hashes."""
        version = self._open_version(name)
        for path, digest in files.items():
            if not path.startswith("/") or not HASH.fullmatch(digest):
                raise invalid(f"not a file of a version: {path!r}: {digest!r}")
        version["files"] |= files
        self._write(self._version_path(name), version)
        return sorted(digest for digest in set(files.values()) if not self.file(digest).exists())

    def upload(self, name: str, digest: str, content: bytes) -> None:
        """Store a gzipped file of an open version. Raises GoogleError if it does not have that hash."""
        version = self._open_version(name)
        if digest not in version["files"].values() or hashlib.sha256(content).hexdigest() != digest:
            raise invalid(f"{digest} is not the hash of this content, or not in {name}")
        path = self.file(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)

    def change(self, name: str, **changed: Any) -> dict[str, Any]:
        """Change the configuration or the labels of an open version."""
        version = self._open_version(name) | changed
        self._write(self._version_path(name), version)
        return version

    def finalize(self, name: str) -> dict[str, Any]:
        """Close a version. Raises GoogleError while a file of it is missing."""
        version = self._open_version(name)
        missing = [path for path, digest in version["files"].items() if not self.file(digest).exists()]
        if missing:
            raise invalid(f"{name} lacks the content of {missing[0]} and {len(missing) - 1} more")
        version |= {"status": FINALIZED, "finalizeTime": _now()}
        self._write(self._version_path(name), version)
        return version

    def release(self, version_name: str, message: str) -> dict[str, Any]:
        """Show a closed version to visitors. If it was shown before, this counts as a rollback."""
        version = self.version(version_name)
        if version["status"] != FINALIZED:
            raise invalid(f"{version_name} is not finalized")
        earlier = self.releases()
        again = any(release["version"]["name"] == version_name for release in earlier)
        release = {
            "name": f"{self.name}/releases/{len(earlier) + 1:016d}",
            "version": {key: value for key, value in version.items() if key != "files"},
            "type": "ROLLBACK" if again else "DEPLOY",
            "releaseTime": _now(),
            "message": message,
        }
        self._write(self._folder / "releases.json", [release, *earlier])
        return release

    def releases(self) -> list[dict[str, Any]]:
        """All releases, newest first."""
        path = self._folder / "releases.json"
        return list(json.loads(path.read_text())) if path.exists() else []

    def file(self, digest: str) -> Path:
        """The path of the gzipped file with that hash, which may not exist yet."""
        return self._folder / "files" / digest

    def _open_version(self, name: str) -> dict[str, Any]:
        version = self.version(name)
        if version["status"] != CREATED:
            raise invalid(f"{name} is closed")
        return version

    def _version_path(self, name: str) -> Path:
        site, _, version = name.partition("/versions/")
        if site != self.name or not ID.fullmatch(version):
            raise GoogleError(404, f"{name} is not a version of {self.name}")
        return self._folder / "versions" / f"{version}.json"

    def _write(self, path: Path, value: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(value))


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
