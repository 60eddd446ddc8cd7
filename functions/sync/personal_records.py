"""The records beside the members' documents that name people: whom they name, and how one is forgotten.

Entries of `/sync_queue` and log-ins go with a person who is erased; in the history of roles the person is
masked, since it also tells what somebody else did.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from runtime.kennitala import is_kennitala, mask

from .backoff import NO_RETRY, Backoff
from .failures import translated

MEMBERS, ROLE_CHANGES = "members", "role_changes"
NAMING = [
    ("sync_queue", "kennitala"),
    ("logins", "kennitala"),
    (ROLE_CHANGES, "kennitala"),
    (ROLE_CHANGES, "by"),
]
"""The collections that name people, each with the field that does."""
PAGE = 500
SECONDS = 30.0


@dataclass(frozen=True)
class FirestoreRecords:
    """All of these collections."""

    client: firestore.Client
    backoff: Backoff = field(default_factory=Backoff)

    def people(self, after: str = "") -> Iterator[str]:
        """Everybody behind that kennitala whom a record names, in order, perhaps more than once.

        Each record costs a read, so this is for rare runs.
        """
        return heapq.merge(*(self._named_in(collection, name, after) for collection, name in NAMING))

    def forget(self, kennitala: str) -> None:
        """Remove one person's entries, settled or not, and log-ins, and mask them in changes of roles.

        What somebody has put beneath the person's document goes, too.
        """
        document = self.client.collection(MEMBERS).document(kennitala)
        for beneath in translated(lambda: list(document.collections(timeout=SECONDS))):
            translated(lambda it=beneath: self.client.recursive_delete(it))  # type: ignore[misc]
        for collection, name in NAMING:
            naming = self.client.collection(collection).where(filter=FieldFilter(name, "==", kennitala))
            for found in self._read(naming.select([])):
                if collection == ROLE_CHANGES:
                    translated(lambda it=found, name=name: it.reference.update({name: mask(kennitala)}))  # type: ignore[misc]
                else:
                    translated(found.reference.delete)

    def _named_in(self, collection: str, name: str, after: str) -> Iterator[str]:
        """Of one collection, page by page; what is no kennitala is passed over."""
        behind = self.client.collection(collection).where(filter=FieldFilter(name, ">", after))
        query = behind.order_by(name).select([name]).limit(PAGE)
        page = self._read(query)
        while page:
            yield from filter(is_kennitala, (snapshot.get(name) for snapshot in page))
            page = self._read(query.start_after(page[-1])) if len(page) == PAGE else []

    def _read(self, query: firestore.Query) -> list[firestore.DocumentSnapshot[Any]]:
        return self.backoff.call(
            lambda: translated(lambda: list(query.stream(timeout=SECONDS, retry=NO_RETRY)))
        )
