"""Firestore's own calls, below the client library. Only these give one read time for many documents, and a
condition and a result for each write. (The library's BulkWriter drops writes silently when a request fails.)

Requests and answers are plain protobuf messages (see write_requests.py). Errors are those of google.api_core;
nothing is tried twice here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1 import types

from .write_requests import RawWrite

READ_SECONDS = 30.0
WRITE_SECONDS = 60.0
STREAM_SECONDS = 60.0
"""Of one query (https://firebase.google.com/docs/firestore/quotas)."""
BY_NAME = {
    "field": {"field_path": "__name__"},
    "direction": int(types.StructuredQuery.Direction.ASCENDING),
}


@dataclass(frozen=True)
class FirestoreCalls:
    """Calls over the client's own channel. The library offers no other way to it, nor to an emulator."""

    client: firestore.Client

    def name(self, collection: str, document_id: str) -> str:
        """A document's full name."""
        return f"{self._database}/documents/{collection}/{document_id}"

    def batch_get(self, names: Iterable[str], field_paths: Sequence[str] | None) -> list[Any]:
        """BatchGetDocumentsResponse messages, all as of one moment: those of a read-only transaction.

        `field_paths`: None for whole documents.
        """
        request = types.BatchGetDocumentsRequest.pb()(
            database=self._database,
            documents=names,
            mask=None if field_paths is None else {"field_paths": field_paths},
            new_transaction={"read_only": {}},
        )
        answers = self._api.batch_get_documents(
            types.BatchGetDocumentsRequest.wrap(request), timeout=READ_SECONDS, **self._options
        )
        return [type(answer).pb(answer) for answer in answers]

    def stream(
        self, collection: str, after: str, field_paths: Sequence[str], read_time: Any
    ) -> Iterator[Any]:
        """All documents in the order of their names, from behind the one named `after` (empty: from the
        first); RunQueryResponse messages. `read_time`: as of which moment, a Timestamp or None for now.

        One stream, not pages: the emulator walks the collection for each page.
        """
        query: dict[str, Any] = {
            "from_": [{"collection_id": collection}],
            "order_by": [BY_NAME],
            "select": {"fields": [{"field_path": path} for path in field_paths]},
        }
        if after:
            query["start_at"] = {"values": [{"reference_value": after}], "before": False}
        request = types.RunQueryRequest.pb()(
            parent=f"{self._database}/documents", structured_query=query, read_time=read_time
        )
        answers = self._api.run_query(
            request=types.RunQueryRequest.wrap(request), timeout=STREAM_SECONDS, **self._options
        )
        for answer in answers:
            message = type(answer).pb(answer)
            if message.HasField("document"):
                yield message

    def commit(self, writes: Iterable[RawWrite]) -> Any:
        """All writes or none; a CommitResponse message."""
        request = types.CommitRequest.pb()(database=self._database, writes=writes)
        answer = self._api.commit(types.CommitRequest.wrap(request), timeout=WRITE_SECONDS, **self._options)
        return types.CommitResponse.pb(answer)

    def batch_write(self, writes: Iterable[RawWrite]) -> Any:
        """Each write by itself; a BatchWriteResponse message."""
        request = types.BatchWriteRequest.pb()(database=self._database, writes=writes)
        answer = self._api.batch_write(
            types.BatchWriteRequest.wrap(request), timeout=WRITE_SECONDS, **self._options
        )
        return types.BatchWriteResponse.pb(answer)

    @property
    def _api(self) -> Any:
        return self.client._firestore_api

    @property
    def _options(self) -> dict[str, Any]:
        return {"metadata": self.client._rpc_metadata, "retry": None}

    @property
    def _database(self) -> str:
        return str(self.client._database_string)
