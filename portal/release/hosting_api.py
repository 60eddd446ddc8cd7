"""Firebase Hosting's REST API, v1beta1: the five calls that make a release.

https://firebase.google.com/docs/hosting/api-deploy
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import google.auth
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials as BearerCredentials
from requests import RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from portal.release.errors import ReleaseError

SCOPE = "https://www.googleapis.com/auth/firebase"
TIMEOUT_SECONDS = 60
FILES_PER_CALL = 1000
"""Google's limit on one call of `populateFiles`."""


def credentials(access_token: str | None) -> Credentials:
    """Credentials from the given bearer token; without one, the application default credentials."""
    if access_token:
        return BearerCredentials(token=access_token)
    try:
        found, _ = google.auth.default(scopes=[SCOPE])
    except GoogleAuthError as error:
        raise ReleaseError(f"{error} (`gcloud auth application-default login` gives some)") from None
    return found


class HostingApi:
    """One site on one Hosting API."""

    def __init__(self, base_url: str, site: str, credentials: Credentials) -> None:
        self._root = f"{base_url}/v1beta1"
        self._site = f"sites/{site}"
        self._session = AuthorizedSession(credentials)
        patient = Retry(
            total=5, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=None
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=patient))

    def create_version(self, config: Mapping[str, Any]) -> str:
        """Begin a version with the serving configuration `config`; returns the version's name."""
        version = self._call("POST", f"{self._root}/{self._site}/versions", json={"config": dict(config)})
        return str(version["name"])

    def populate(self, version: str, hashes: Mapping[str, str]) -> dict[str, str]:
        """Send each file's hash; returns {hash: upload URL} for the files that Hosting does not have yet."""
        missing: dict[str, str] = {}
        paths = sorted(hashes)
        for start in range(0, len(paths), FILES_PER_CALL):
            files = {path: hashes[path] for path in paths[start : start + FILES_PER_CALL]}
            answer = self._call("POST", f"{self._root}/{version}:populateFiles", json={"files": files})
            for sha256 in answer.get("uploadRequiredHashes", []):
                missing[sha256] = f"{answer['uploadUrl']}/{sha256}"
        return missing

    def upload(self, url: str, content: bytes) -> None:
        """Send one gzipped file."""
        self._request("POST", url, data=content, headers={"Content-Type": "application/octet-stream"})

    def finalize(self, version: str) -> None:
        """Close the version, so that nothing can be added to it any more."""
        self._call(
            "PATCH",
            f"{self._root}/{version}",
            params={"updateMask": "status"},
            json={"status": "FINALIZED"},
        )

    def release(self, version: str, message: str) -> str:
        """Show the version to visitors; returns the release's name."""
        answer = self._call(
            "POST",
            f"{self._root}/{self._site}/releases",
            params={"versionName": version},
            json={"message": message},
        )
        return str(answer["name"])

    def _call(self, method: str, url: str, **arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._request(method, url, **arguments).json()
        return answer

    def _request(self, method: str, url: str, **arguments: Any) -> Response:
        try:
            response: Response = self._session.request(method, url, timeout=TIMEOUT_SECONDS, **arguments)
        except (RequestException, GoogleAuthError) as error:
            raise ReleaseError(f"{method} {url}: {error}") from None
        if not response.ok:
            raise ReleaseError(f"{method} {url}: {response.status_code} {_reason(response)}")
        return response


def _reason(response: Response) -> str:
    """Google's own message if there is one, else the start of the body."""
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return response.text[:200]
