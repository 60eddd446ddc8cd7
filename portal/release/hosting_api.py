"""Firebase Hosting's REST API, v1beta1: the five calls that make a release.

https://firebase.google.com/docs/hosting/api-deploy
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.google_apis.session import Session

FILES_PER_CALL = 1000
"""Google's limit on one call of `populateFiles`."""


class HostingApi:
    """One site on one Hosting API."""

    def __init__(self, base_url: str, site: str, session: Session) -> None:
        self._root = f"{base_url}/v1beta1"
        self._site = f"sites/{site}"
        self._session = session

    def create_version(self, config: Mapping[str, Any]) -> str:
        """Begin a version with the serving configuration `config`; returns the version's name."""
        version = self._session.call(
            "POST", f"{self._root}/{self._site}/versions", json={"config": dict(config)}
        )
        return str(version["name"])

    def populate(self, version: str, hashes: Mapping[str, str]) -> dict[str, str]:
        """Send each file's hash; returns {hash: upload URL} for the files that Hosting does not have yet."""
        missing: dict[str, str] = {}
        paths = sorted(hashes)
        for start in range(0, len(paths), FILES_PER_CALL):
            files = {path: hashes[path] for path in paths[start : start + FILES_PER_CALL]}
            answer = self._session.call(
                "POST", f"{self._root}/{version}:populateFiles", json={"files": files}
            )
            for sha256 in answer.get("uploadRequiredHashes", []):
                missing[sha256] = f"{answer['uploadUrl']}/{sha256}"
        return missing

    def upload(self, url: str, content: bytes) -> None:
        """Send one gzipped file."""
        self._session.request("POST", url, data=content, headers={"Content-Type": "application/octet-stream"})

    def finalize(self, version: str) -> None:
        """Close the version, so that nothing can be added to it any more."""
        self._session.call(
            "PATCH",
            f"{self._root}/{version}",
            params={"updateMask": "status"},
            json={"status": "FINALIZED"},
        )

    def release(self, version: str, message: str) -> str:
        """Show the version to visitors; returns the release's name."""
        answer = self._session.call(
            "POST",
            f"{self._root}/{self._site}/releases",
            params={"versionName": version},
            json={"message": message},
        )
        return str(answer["name"])
