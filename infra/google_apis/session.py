"""Calls of Google's REST APIs: who calls, which project pays for the quota, and what is tried again."""

from __future__ import annotations

from typing import Any

import google.auth
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport import DEFAULT_REFRESH_STATUS_CODES
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials as UserCredentials
from requests import RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
TIMEOUT_SECONDS = 60
TOKEN_VARIABLE = "GOOGLE_OAUTH_ACCESS_TOKEN"  # noqa: S105 (the name of a variable)  # nosec B105
NOT_FOUND = 404
# The reason that Google gives if an API is not enabled in the project.
DISABLED = "SERVICE_DISABLED"
SHOWN_CHARACTERS = 200


class GoogleApiError(Exception):
    """A call that failed, in one line.

    `status` is the HTTP status, or 0 if there was no answer; `reason` is Google's own code for it, if any.
    """

    def __init__(self, message: str, status: int = 0, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


def credentials(access_token: str | None) -> Credentials:
    """Credentials from the given bearer token; without one, the application default credentials."""
    if access_token:
        return UserCredentials(token=access_token)
    try:
        found, _ = google.auth.default(scopes=[SCOPE])
    except GoogleAuthError as error:
        raise GoogleApiError(f"{error} (`gcloud auth application-default login` gives some)") from None
    return found


class Session:
    """One caller of Google's APIs. Answers of 429 and 5xx are asked for again, up to five times."""

    def __init__(self, credentials: Credentials, quota_project: str) -> None:
        # A bare bearer token cannot be renewed; Google's own words say more than the attempt.
        renewed = DEFAULT_REFRESH_STATUS_CODES if _can_be_renewed(credentials) else ()
        self._session = AuthorizedSession(
            _counted_on(credentials, quota_project), refresh_status_codes=renewed
        )
        patient = Retry(
            total=5,
            connect=2,
            backoff_factor=0.5,
            status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=None,
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=patient))

    def call(self, method: str, url: str, **arguments: Any) -> dict[str, Any]:
        """The JSON object that a call answers. Raises GoogleApiError."""
        answer: dict[str, Any] = self.request(method, url, **arguments).json()
        return answer

    def find(self, url: str) -> dict[str, Any] | None:
        """The resource at that address; None if there is none."""
        try:
            return self.call("GET", url)
        except GoogleApiError as error:
            if error.status == NOT_FOUND:
                return None
            raise

    def request(self, method: str, url: str, **arguments: Any) -> Response:
        """Make one call. Raises GoogleApiError unless it is answered well."""
        try:
            response: Response = self._session.request(method, url, timeout=TIMEOUT_SECONDS, **arguments)
        except (RequestException, GoogleAuthError) as error:
            raise GoogleApiError(f"{method} {url}: {error}") from None
        if not response.ok:
            message = f"{method} {url}: {response.status_code} {_message(response)}"
            raise GoogleApiError(message, response.status_code, _reason(response))
        return response


def _can_be_renewed(credentials: Credentials) -> bool:
    return not isinstance(credentials, UserCredentials) or bool(credentials.refresh_token)


def _counted_on(credentials: Credentials, project: str) -> Credentials:
    """A person's own credentials name no project, and Firebase's APIs then answer 403."""
    if isinstance(credentials, UserCredentials) and not credentials.quota_project_id:
        counted: Credentials = credentials.with_quota_project(project)
        return counted
    return credentials


def _message(response: Response) -> str:
    """Google's own message if there is one, else the start of the body."""
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return response.text[:SHOWN_CHARACTERS]


def _reason(response: Response) -> str:
    """The reason in the answer's ErrorInfo, such as SERVICE_DISABLED."""
    try:
        details = response.json()["error"].get("details", [])
        return next((str(each["reason"]) for each in details if "reason" in each), "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
