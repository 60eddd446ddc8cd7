"""Goes through Firebase's users a part at a time: each run begins where the last one ended.

A hundred thousand users do not fit into one run. Where it ended is kept in the database of rights, page by
page, so a run that is killed loses one page.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog
from firebase_admin import App, auth
from firebase_admin.exceptions import InvalidArgumentError
from google.cloud import firestore

COLLECTION = "progress"
DOCUMENT = "renewal"
PAGE = 200
"""Users, and documents in one read."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class UserPages:
    """All of Firebase's users, in pages."""

    client: firestore.Client
    """Of the database of rights."""
    app: App
    size: int = PAGE

    def within(self, seconds: float) -> Iterator[Sequence[auth.UserRecord]]:
        """The pages after those of the last run, until the last user or until the time is over.

        There is always one page. A page counts as done when the next one is asked for.
        """
        end = time.monotonic() + seconds
        page = self._first()
        while True:
            yield page.users
            token = page.next_page_token or None
            self._place.set({"pageToken": token})
            if token is None or time.monotonic() >= end:
                return
            page = self._page(token)

    def _first(self) -> auth.ListUsersPage:
        token = (self._place.get().to_dict() or {}).get("pageToken")
        try:
            return self._page(token)
        except InvalidArgumentError:
            log.warning(
                "the place where the last renewal of rights ended is unknown; it begins with the first user"
            )
            return self._page(None)

    def _page(self, token: str | None) -> auth.ListUsersPage:
        return auth.list_users(page_token=token, max_results=self.size, app=self.app)

    @property
    def _place(self) -> firestore.DocumentReference:
        return self.client.collection(COLLECTION).document(DOCUMENT)
