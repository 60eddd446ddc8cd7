"""What is there at Google already, asked before the program declares it.

In an `up` a question without an answer stops the program. A preview goes on without it, so that it also works
offline, and says so once.
"""

from __future__ import annotations

import os
from typing import Any

import pulumi

from infra.google_apis.session import DISABLED, TOKEN_VARIABLE, GoogleApiError, Session, credentials
from infra.google_apis.waiting import wait_until_works
from infra.settings import Settings

Found = dict[str, Any]
RESTORED_WITHIN_SECONDS = 120
DELETED = "DELETED"


class Existing:
    """The resources of one project."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session: Session | None = None
        self._is_silent = False

    def get(self, api: str, path: str) -> Found | None:
        """The answer at that path of an API; None if there is nothing. Raises RunError in an `up`."""
        if self._is_silent:
            return None
        try:
            return self._asked().find(self._url(api, path))
        except GoogleApiError as error:
            if error.reason == DISABLED:
                # A new project: the API is enabled later in this `up`, so nothing of its kind is there.
                return None
            if not pulumi.runtime.is_dry_run():
                raise pulumi.RunError(f"Google did not say what is there already: {error}") from None
            self._is_silent = True
            pulumi.log.warn(
                f"Google did not say what is there already, so this preview leaves it out: {error}"
            )
            return None

    def restore(self, api: str, path: str) -> None:
        """Undo the deletion of what Google keeps for a while. A preview restores nothing."""
        if pulumi.runtime.is_dry_run():
            return
        try:
            operation = self._asked().call("POST", self._url(api, f"{path}:undelete"), json={})
            if not operation.get("done"):
                version, _, _ = path.partition("/")
                url = self._url(api, f"{version}/{operation['name']}")
                wait_until_works(lambda: self._is_going_on(url), RESTORED_WITHIN_SECONDS, pulumi.log.info)
        except GoogleApiError as error:
            raise pulumi.RunError(f"{path} was deleted and is not restored: {error}") from None

    def _is_going_on(self, operation_url: str) -> str | None:
        return None if self._asked().call("GET", operation_url).get("done") else "it is being restored"

    def _asked(self) -> Session:
        if self._session is None:
            token = self._settings.google_apis.access_token or os.environ.get(TOKEN_VARIABLE)
            self._session = Session(credentials(token), self._settings.project)
        return self._session

    def _url(self, api: str, path: str) -> str:
        return f"{self._settings.google_apis.of(api)}/{path}"
