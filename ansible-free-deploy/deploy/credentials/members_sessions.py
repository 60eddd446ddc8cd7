"""Ends the sessions of everyone who has logged in to the portal: their refresh tokens are revoked.

A session that is open holds an ID token, which Google takes for up to an hour more. The rules and the
functions ask the person's present document besides, so no right outlives it.
https://firebase.google.com/docs/auth/admin/manage-sessions#revoke_refresh_tokens
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from typing import Any

import httpx

from deploy.remote import google_identity
from deploy.remote.errors import DeployError
from deploy.remote.stack_file import Users

TIMEOUT = httpx.Timeout(60.0, connect=5.0)
PAGE = 500
WHAT = "the users of the portal"


def revoke_all(users: Users) -> int:
    """Revoke every user's refresh tokens, as the person who runs the task; how many users there are.

    Raises DeployError. It may be run again; an account that is gone meanwhile is no error.
    """
    now = str(int(time.time()))
    with _client(users) as client:
        accounts = list(_accounts(client))
        for account in accounts:
            answer = client.post("/accounts:update", json={"localId": account, "validSince": now})
            gone = answer.status_code == httpx.codes.BAD_REQUEST and "USER_NOT_FOUND" in answer.text
            _well(answer) if not gone else None
    return len(accounts)


def _accounts(client: httpx.Client) -> Iterator[str]:
    page = ""
    while True:
        query = {"maxResults": str(PAGE), **({"nextPageToken": page} if page else {})}
        found = _well(_get(client, query)).json()
        yield from (str(user["localId"]) for user in found.get("users", []))
        page = found.get("nextPageToken", "")
        if not page or not found.get("users"):
            return


def _get(client: httpx.Client, query: dict[str, str]) -> httpx.Response:
    try:
        return client.get("/accounts:batchGet", params=query)
    except httpx.HTTPError as error:
        raise DeployError(f"{WHAT}: {error!r}") from None


def _client(users: Users) -> httpx.Client:
    headers = {"Authorization": f"Bearer {_token(users)}", "X-Goog-User-Project": users.project}
    base = f"{users.identity_toolkit}/v1/projects/{users.project}"
    return httpx.Client(base_url=base, headers=headers, timeout=TIMEOUT, verify=ssl.create_default_context())


def _token(users: Users) -> str:
    return users.access_token or google_identity.access_token(google_identity.CLOUD_PLATFORM)


def _well(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise DeployError(f"{WHAT}: HTTP {answer.status_code}")
    return answer
