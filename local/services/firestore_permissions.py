"""Which permissions a call of Firestore's API needs, and on which database.

https://cloud.google.com/firestore/docs/security/iam#required_permissions_for_api_methods
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from google.cloud.firestore_v1 import types
from google.protobuf.message import DecodeError

SERVICE = "/google.firestore.v1.Firestore/"
DATABASE = re.compile(r"projects/[^/]+/databases/[^/]+")
TRANSACT = "datastore.databases.get"
GET, LIST, CREATE, UPDATE, DELETE = (
    f"datastore.entities.{verb}" for verb in ("get", "list", "create", "update", "delete")
)
Permissions = frozenset[str]


class UnknownCallError(Exception):
    """A call that nothing here makes, so its permissions are not known."""


@dataclass(frozen=True)
class Needed:
    """What one call needs."""

    database: str
    """`projects/P/databases/D`."""
    permissions: Permissions


def needed(method: str, message: bytes) -> Needed:
    """What a call needs, by its full name and its first message. Raises UnknownCallError."""
    kind, permissions_of = CALLS.get(method.removeprefix(SERVICE), (None, None))
    if kind is None or permissions_of is None:
        raise UnknownCallError(f"{method}: this call is not known here")
    try:
        request = kind.pb(kind.deserialize(message))
    except DecodeError as error:
        raise UnknownCallError(f"{method}: the message cannot be read") from error
    place = getattr(request, "database", "") or getattr(request, "parent", "")
    found = DATABASE.match(place)
    if found is None:
        raise UnknownCallError(f"{method}: {place!r} is in no database")
    return Needed(found[0], permissions_of(request))


def _reading(*permissions: str) -> Callable[[Any], Permissions]:
    """A read, which may begin a transaction."""

    def needs(request: Any) -> Permissions:
        begins = "new_transaction" in request.DESCRIPTOR.fields_by_name and request.HasField(
            "new_transaction"
        )
        return frozenset(permissions) | ({TRANSACT} if begins else frozenset())

    return needs


def _writing(request: Any) -> Permissions:
    return frozenset().union(*map(_write, request.writes)) if request.writes else frozenset({TRANSACT})


def _write(write: Any) -> Permissions:
    """Without a precondition a write may make the document or change it."""
    if write.WhichOneof("operation") == "delete":
        return frozenset({DELETE})
    condition = write.current_document.WhichOneof("condition_type")
    if condition is None:
        return frozenset({CREATE, UPDATE})
    return frozenset({UPDATE if condition == "update_time" or write.current_document.exists else CREATE})


def _always(permissions: Iterable[str]) -> Callable[[Any], Permissions]:
    known = frozenset(permissions)
    return lambda _request: known


CALLS: Mapping[str, tuple[Any, Callable[[Any], Permissions]]] = {
    "BatchGetDocuments": (types.BatchGetDocumentsRequest, _reading(GET)),
    "BatchWrite": (types.BatchWriteRequest, _writing),
    "BeginTransaction": (types.BeginTransactionRequest, _always([TRANSACT])),
    "Commit": (types.CommitRequest, _writing),
    "ListCollectionIds": (types.ListCollectionIdsRequest, _always([LIST])),
    "ListDocuments": (types.ListDocumentsRequest, _reading(GET, LIST)),
    "Listen": (types.ListenRequest, _always([GET, LIST])),
    "Rollback": (types.RollbackRequest, _always([TRANSACT])),
    "RunAggregationQuery": (types.RunAggregationQueryRequest, _reading(GET, LIST)),
    "RunQuery": (types.RunQueryRequest, _reading(GET, LIST)),
}
"""The calls of Google's client library that the functions and their tests make."""
