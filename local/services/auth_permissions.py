"""Which permission a call of Firebase Auth's administration needs.

https://cloud.google.com/identity-platform/docs/reference/rest/v1/projects.accounts
"""

from __future__ import annotations

import re

CREATE, GET, UPDATE, DELETE = (f"firebaseauth.users.{verb}" for verb in ("create", "get", "update", "delete"))
CALLS = {
    ("POST", "accounts"): CREATE,
    ("POST", "accounts:batchCreate"): CREATE,
    ("POST", "accounts:batchDelete"): DELETE,
    ("GET", "accounts:batchGet"): GET,
    ("POST", "accounts:delete"): DELETE,
    ("POST", "accounts:lookup"): GET,
    ("POST", "accounts:query"): GET,
    ("POST", "accounts:update"): UPDATE,
}
"""Method and resource → permission."""
PATH = re.compile(r"v1/projects/(?P<project>[^/:]+)/(?P<resource>[^/]+)")


def needed(method: str, path: str) -> str | None:
    """The permission of a call, by its path below the API's address; None if nothing here makes that call."""
    found = PATH.fullmatch(path)
    return CALLS.get((method, found["resource"])) if found else None
