"""Firebase Hosting's REST API, v1beta1: the calls that make a release, and those that tell of earlier ones.

https://firebase.google.com/docs/hosting/api-deploy
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.google_apis.session import Session

FILES_PER_CALL = 1000
"""Google's limit on one call of `populateFiles`."""
BUNDLE_LABEL = "bundle"
"""The label of a version that names its bundle."""


class HostingApi:
    """One site on one Hosting API."""

    def __init__(self, base_url: str, site: str, session: Session) -> None:
        self._root = f"{base_url}/v1beta1"
        self._site = f"sites/{site}"
        self._session = session

    def create_version(self, config: Mapping[str, Any], bundle: str) -> str:
        """Begin a version with the serving configuration `config`; returns the version's name."""
        version = self._session.call(
            "POST",
            f"{self._root}/{self._site}/versions",
            json={"config": dict(config), "labels": {BUNDLE_LABEL: bundle}},
        )
        return str(version["name"])

    def released_versions(self, count: int) -> list[Mapping[str, Any]]:
        """The versions of the newest releases, newest first."""
        answer = self._session.call(
            "GET", f"{self._root}/{self._site}/releases", params={"pageSize": str(count)}
        )
        return [release["version"] for release in answer.get("releases", []) if "version" in release]

    def files(self, version: str) -> Iterator[tuple[str, str]]:
        """Path and hash of each file of a version."""
        query = {"pageSize": str(FILES_PER_CALL), "status": "ACTIVE"}
        while True:
            page = self._session.call("GET", f"{self._root}/{version}/files", params=query)
            yield from ((file["path"], file["hash"]) for file in page.get("files", []))
            if not page.get("nextPageToken"):
                return
            query["pageToken"] = page["nextPageToken"]

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
