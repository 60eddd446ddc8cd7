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
DONE_WITHIN_SECONDS = 300
MADE_WITHIN_SECONDS = 1200
"""A first build of a function can take most of this."""
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
            self._to_its_end(
                api, path, self._asked().call("POST", self._url(api, f"{path}:undelete"), json={})
            )
        except GoogleApiError as error:
            raise pulumi.RunError(f"{path} was deleted and is not restored: {error}") from None

    def delete(self, api: str, path: str, why: str) -> None:
        """Delete what is of no use. A preview deletes nothing."""
        pulumi.log.warn(f"{path} is there and {why}; it is made again")
        if pulumi.runtime.is_dry_run():
            return
        try:
            self._to_its_end(api, path, self._asked().call("DELETE", self._url(api, path)))
        except GoogleApiError as error:
            raise pulumi.RunError(f"{path} {why} and is not deleted: {error}") from None

    def finished(self, api: str, path: str, state: str) -> Found | None:
        """The resource once it is no longer in that state. A preview does not wait."""

        def why_not() -> str | None:
            found = self.get(api, path)
            return f"{path} is {state}" if found and found.get("state") == state else None

        if not pulumi.runtime.is_dry_run():
            try:
                wait_until_works(why_not, MADE_WITHIN_SECONDS, pulumi.log.info)
            except GoogleApiError as error:
                raise pulumi.RunError(f"{path}: {error}") from None
        return self.get(api, path)

    def _to_its_end(self, api: str, path: str, operation: Found) -> None:
        """Wait until an operation is done. Raises GoogleApiError if it fails."""
        version, _, _ = path.partition("/")
        url = self._url(api, f"{version}/{operation.get('name')}")

        def why_not() -> str | None:
            if not operation.get("done"):
                operation.update(self._asked().call("GET", url))
            return None if operation.get("done") else "it goes on"

        wait_until_works(why_not, DONE_WITHIN_SECONDS, pulumi.log.info)
        if error := operation.get("error"):
            raise GoogleApiError(str(error.get("message")))

    def _asked(self) -> Session:
        if self._session is None:
            token = self._settings.google_apis.access_token or os.environ.get(TOKEN_VARIABLE)
            self._session = Session(credentials(token), self._settings.project)
        return self._session

    def _url(self, api: str, path: str) -> str:
        return f"{self._settings.google_apis.of(api)}/{path}"
