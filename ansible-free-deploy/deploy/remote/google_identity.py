"""Who the person at this machine is to Google: their application default credentials.

They are made by `gcloud auth application-default login`. No key of a service account exists.
"""

from __future__ import annotations

import google.auth
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request

from deploy.remote.errors import DeployError

CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
LOG_IN = "run `gcloud auth application-default login`"


def credentials(*scopes: str) -> Credentials:
    """The person's credentials for these scopes, with a fresh token. Raises DeployError."""
    try:
        found, _ = google.auth.default(scopes=scopes)
        found.refresh(Request())
    except GoogleAuthError as error:
        reason = str(error).splitlines()[0]
        raise DeployError(f"Google does not know you: {LOG_IN} ({reason})") from error
    return found


def access_token(*scopes: str) -> str:
    """An access token of theirs. Raises DeployError."""
    return str(credentials(*scopes).token)
