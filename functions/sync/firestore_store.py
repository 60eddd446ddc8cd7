"""The collection `/members` in Firestore.

Reads and writes go through the low-level calls: only these give one read time for many documents, a condition
per write, and a status per write. (The library's BulkWriter drops writes silently when a request fails.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from google.api_core import exceptions as google_errors
from google.cloud import firestore
from google.cloud.firestore_v1 import _helpers as codec
from google.cloud.firestore_v1.types import (
    BatchGetDocumentsResponse,
    Document,
    DocumentMask,
    DocumentTransform,
    Precondition,
    TransactionOptions,
    Write,
)
from google.protobuf.timestamp_pb2 import Timestamp

from .backoff import Backoff
from .documents import MemberWrite, Snapshot, StoredMember, WriteFate, WriteResult
from .failures import (
    OK_CODE,
    OVERTAKEN_WRITE_CODES,
    PERMANENT_WRITE_CODES,
    RefusedError,
    SyncError,
    from_google,
)
from .field_map import FieldMap, nest
from .ramp import Ramp
from .write_batches import split_writes

Stored = firestore.DocumentSnapshot[Any]
MEMBERS = "members"
OPERATION = "sync.operation"
UPDATED_AT = "updatedAt"
READ_SECONDS = 30.0
WRITE_SECONDS = 60.0
SCAN_PAGE = 500


@dataclass(frozen=True)
class FirestoreStore:
    """A thin adapter: no decision is made here."""

    client: firestore.Client
    field_map: FieldMap
    backoff: Backoff = field(default_factory=Backoff)
    ramp: Ramp = field(default_factory=Ramp.off)

    def read(self, kennitalas: Sequence[str]) -> Snapshot:
        """Read documents as of one moment, in one read-only transaction."""
        return self.backoff.call(lambda: self._read(kennitalas))

    def write(self, writes: Sequence[MemberWrite]) -> dict[str, WriteResult]:
        """Write with conditions; each delete is a request of its own: only so its commit's time is told."""
        results: dict[str, WriteResult] = {}
        updates = [(write.kennitala, self._update(write)) for write in writes if write.document is not None]
        for batch in split_writes(updates):
            self.ramp.admit(len(batch))
            results |= self._write_batch(batch)
        for write in writes:
            if write.document is None:
                self.ramp.admit(1)
                results[write.kennitala] = self._delete(write)
        return results

    def scan(self) -> Iterator[StoredMember]:
        """All members as of the moment of the first page."""
        query = self.client.collection(MEMBERS).order_by("__name__").select([*self.field_map.roots, "sync"])
        read_time = None
        page = self._page(query, None)
        while page:
            read_time = read_time or page[0].read_time
            for document in page:
                yield StoredMember(document.id, document.to_dict() or {})
            page = self._page(query.start_after(page[-1]), read_time) if len(page) == SCAN_PAGE else []

    def _page(self, query: firestore.Query, read_time: Any) -> list[Stored]:
        def run() -> list[Stored]:
            try:
                return list(query.limit(SCAN_PAGE).stream(read_time=read_time, timeout=READ_SECONDS))
            except (google_errors.GoogleAPICallError, google_errors.RetryError) as error:
                raise from_google(error) from error

        return self.backoff.call(run)

    def _read(self, kennitalas: Sequence[str]) -> Snapshot:
        request = {
            "database": self._database,
            "documents": [self._name(kennitala) for kennitala in kennitalas],
            # Whole top-level fields: asked for `profile.email`, a `profile` that is a text looks absent.
            "mask": DocumentMask(field_paths=[*self.field_map.roots, "sync"]),
            "new_transaction": TransactionOptions(read_only=TransactionOptions.ReadOnly()),
        }
        try:
            answers = list(self._api.batch_get_documents(request, timeout=READ_SECONDS, **self._call))
        except google_errors.GoogleAPICallError as error:
            raise from_google(error) from error
        return self._snapshot(answers)

    def _snapshot(self, answers: Iterable[BatchGetDocumentsResponse]) -> Snapshot:
        members, read_times = [], []
        for answer in answers:
            message = BatchGetDocumentsResponse.pb(answer)
            result = message.WhichOneof("result")
            if result is None:  # the first answer only names the transaction
                continue
            read_times.append(message.read_time.ToJsonString())
            members.append(self._found(message.found) if result == "found" else _missing(message.missing))
        return Snapshot(min(read_times), tuple(members))

    def _found(self, message: Any) -> StoredMember:
        fields = codec.decode_dict(message.fields, self.client)
        return StoredMember(
            _document_id(message.name), cast(dict[str, Any], fields), message.update_time.ToJsonString()
        )

    def _update(self, write: MemberWrite) -> Write:
        """Only synced fields are in the mask: what else the document holds stays."""
        values = self.field_map.flatten(write.document or {})
        fields = nest(values | {OPERATION: write.operation})
        return Write(
            update=Document(name=self._name(write.kennitala), fields=codec.encode_dict(fields)),
            update_mask=DocumentMask(field_paths=[*values, OPERATION]),
            update_transforms=[
                DocumentTransform.FieldTransform(
                    field_path=UPDATED_AT,
                    set_to_server_value=DocumentTransform.FieldTransform.ServerValue.REQUEST_TIME,
                )
            ],
            current_document=_precondition(write.update_time),
        )

    def _write_batch(self, batch: Sequence[tuple[str, Write]]) -> dict[str, WriteResult]:
        """One request; where it is refused as a whole, the write to blame is found by halving."""
        request = {"database": self._database, "writes": [write for _, write in batch]}
        try:
            response = self._api.batch_write(request, timeout=WRITE_SECONDS, **self._call)
        except google_errors.GoogleAPICallError as error:
            return self._split_refused(batch, from_google(error))
        outcomes = zip(batch, response.status, response.write_results, strict=True)
        return {
            kennitala: _result(status.code, status.message, type(result).pb(result))
            for (kennitala, _), status, result in outcomes
        }

    def _split_refused(self, batch: Sequence[tuple[str, Write]], error: SyncError) -> dict[str, WriteResult]:
        if not isinstance(error, RefusedError):
            return {kennitala: WriteResult(WriteFate.UNKNOWN, message=str(error)) for kennitala, _ in batch}
        if len(batch) == 1:
            return {batch[0][0]: WriteResult(WriteFate.REFUSED, message=str(error))}
        middle = len(batch) // 2
        return self._write_batch(batch[:middle]) | self._write_batch(batch[middle:])

    def _delete(self, write: MemberWrite) -> WriteResult:
        request = {
            "database": self._database,
            "writes": [
                Write(delete=self._name(write.kennitala), current_document=_precondition(write.update_time))
            ],
        }
        try:
            response = self._api.commit(request, timeout=WRITE_SECONDS, **self._call)
        except (google_errors.FailedPrecondition, google_errors.NotFound) as error:
            return WriteResult(WriteFate.OVERTAKEN, message=type(error).__name__)
        except google_errors.GoogleAPICallError as error:
            return WriteResult(WriteFate.UNKNOWN, message=str(from_google(error)))
        return WriteResult(WriteFate.LANDED, type(response).pb(response).commit_time.ToJsonString())

    @property
    def _api(self) -> Any:
        # The library's own channel, also to an emulator; it is set up nowhere else in public.
        return self.client._firestore_api

    @property
    def _call(self) -> dict[str, Any]:
        return {"metadata": self.client._rpc_metadata, "retry": None}

    @property
    def _database(self) -> str:
        return str(self.client._database_string)

    def _name(self, kennitala: str) -> str:
        return f"{self._database}/documents/{MEMBERS}/{kennitala}"


def _document_id(name: str) -> str:
    return name.rpartition("/")[2]


def _missing(name: str) -> StoredMember:
    return StoredMember(_document_id(name), None)


def _precondition(update_time: str | None) -> Precondition:
    if update_time is None:
        return Precondition(exists=False)
    moment = Timestamp()
    moment.FromJsonString(update_time)
    return Precondition(update_time=moment)


def _result(code: int, message: str, result: Any) -> WriteResult:
    if code == OK_CODE:
        return WriteResult(WriteFate.LANDED, result.update_time.ToJsonString())
    if code in OVERTAKEN_WRITE_CODES:
        return WriteResult(WriteFate.OVERTAKEN, message=message)
    if code in PERMANENT_WRITE_CODES:
        return WriteResult(WriteFate.REFUSED, message=f"Firestore refused the document: {message}")
    return WriteResult(WriteFate.UNKNOWN, message=message)
