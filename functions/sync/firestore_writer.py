"""Sends decided writes to the collection `/members` and says what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.api_core import exceptions as google_errors

from . import write_requests
from .documents import RESTING, MemberWrite, WriteFate, WriteResult
from .failures import (
    OK_CODE,
    OVERTAKEN_WRITE_CODES,
    PERMANENT_WRITE_CODES,
    RefusedError,
    SyncError,
    from_google,
)
from .field_map import FieldMap, nest
from .firestore_calls import FirestoreCalls
from .write_requests import KeyedWrite, RawWrite

MEMBERS = "members"
UPDATED_AT = "updatedAt"

OVERTAKEN = (google_errors.FailedPrecondition, google_errors.AlreadyExists, google_errors.NotFound)
NOTHING_LANDED = (*OVERTAKEN, google_errors.InvalidArgument, google_errors.OutOfRange, google_errors.Aborted)
"""Answers to a commit which mean that nothing of it landed, because of one of its writes."""


@dataclass(frozen=True)
class FirestoreWriter:
    """Sends many writes in one commit. If one of them makes it fail, each is written by itself."""

    calls: FirestoreCalls
    field_map: FieldMap

    def encode(self, write: MemberWrite) -> RawWrite:
        """Only the fields that Django states are written; all others of the document stay.

        A release of Django from before a field was added does not state it, and knows nothing of its value.
        Of a document from before an erasure nothing stays.
        """
        name = self.calls.name(MEMBERS, write.kennitala)
        if write.document is None:
            return write_requests.delete(name, write.update_time)
        values = self.field_map.stated(write.document) | write.mark
        paths = {**values, RESTING: None}  # A path without a value takes the field out of the document.
        return write_requests.update(
            name,
            nest(values),
            paths=None if write.whole else paths,
            touched=UPDATED_AT,
            update_time=write.update_time,
        )

    def send(self, batch: Sequence[KeyedWrite]) -> dict[str, WriteResult]:
        """A result for each, which also says what failed. One commit costs far less than separate writes."""
        try:
            answer = self.calls.commit([write for _, write in batch])
        except NOTHING_LANDED as error:
            return {batch[0][0]: refusal(error)} if len(batch) == 1 else self._send_each(batch)
        except google_errors.GoogleAPICallError as error:
            return _unknown(batch, from_google(error))
        landed = zip(batch, answer.write_results, strict=True)
        return {
            kennitala: _landed(write, result, answer.commit_time) for (kennitala, write), result in landed
        }

    def _send_each(self, batch: Sequence[KeyedWrite]) -> dict[str, WriteResult]:
        """All updates in one request. Each delete has its own, because only a commit tells when it landed."""
        results: dict[str, WriteResult] = {}
        for keyed in batch:
            if keyed[1].delete:
                results |= self.send([keyed])
        updates = [keyed for keyed in batch if not keyed[1].delete]
        return results | self._write_each(updates) if updates else results

    def _write_each(self, batch: Sequence[KeyedWrite]) -> dict[str, WriteResult]:
        """Each write by itself. If the whole request is refused, halve it until the wrong write is found."""
        try:
            answer = self.calls.batch_write([write for _, write in batch])
        except google_errors.GoogleAPICallError as error:
            return self._split_refused(batch, from_google(error))
        outcomes = zip(batch, answer.status, answer.write_results, strict=True)
        return {kennitala: _result(status, result) for (kennitala, _), status, result in outcomes}

    def _split_refused(self, batch: Sequence[KeyedWrite], error: SyncError) -> dict[str, WriteResult]:
        if not isinstance(error, RefusedError):
            return _unknown(batch, error)
        if len(batch) == 1:
            return {batch[0][0]: WriteResult(WriteFate.REFUSED, message=str(error))}
        middle = len(batch) // 2
        return self._write_each(batch[:middle]) | self._write_each(batch[middle:])


def _landed(write: RawWrite, result: Any, commit_time: Any) -> WriteResult:
    """The result of a delete carries no time of its own."""
    moment = commit_time if write.delete else result.update_time
    return WriteResult(WriteFate.LANDED, moment.ToJsonString())


def _unknown(batch: Sequence[KeyedWrite], error: SyncError) -> dict[str, WriteResult]:
    return {kennitala: WriteResult(WriteFate.UNKNOWN, message=str(error)) for kennitala, _ in batch}


def refusal(error: google_errors.GoogleAPICallError) -> WriteResult:
    """What became of a write whose commit was refused, so that nothing of it landed."""
    if isinstance(error, OVERTAKEN):
        return WriteResult(WriteFate.OVERTAKEN, message=type(error).__name__)
    reason = from_google(error)
    fate = WriteFate.REFUSED if isinstance(reason, RefusedError) else WriteFate.UNKNOWN
    return WriteResult(fate, message=str(reason))


def _result(status: Any, result: Any) -> WriteResult:
    if status.code == OK_CODE:
        return WriteResult(WriteFate.LANDED, result.update_time.ToJsonString())
    if status.code in OVERTAKEN_WRITE_CODES:
        return WriteResult(WriteFate.OVERTAKEN, message=status.message)
    if status.code in PERMANENT_WRITE_CODES:
        return WriteResult(WriteFate.REFUSED, message=f"Firestore refused the document: {status.message}")
    return WriteResult(WriteFate.UNKNOWN, message=status.message)
