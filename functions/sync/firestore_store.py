"""The collection `/members` in Firestore. This adapter decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from google.api_core import exceptions as google_errors
from google.cloud import firestore
from google.cloud.firestore_v1 import _helpers as codec
from google.protobuf.timestamp_pb2 import Timestamp

from .backoff import Backoff
from .documents import Epoch, MemberWrite, Snapshot, StoredMember, WriteResult
from .failures import RefusedError, TransientError, from_google
from .field_map import FieldMap
from .firestore_calls import FirestoreCalls
from .firestore_moves import FirestoreMoves
from .firestore_writer import MEMBERS, OVERTAKEN, FirestoreWriter
from .ramp import Ramp
from .write_requests import RawWrite, split_writes, update

EPOCH = ("sync_state", "epoch")
"""Collection and name of the document that holds the epoch, in a map of the same name as a member's mark."""
UNREADABLE = "unreadable"


@dataclass(frozen=True)
class FirestoreStore:
    """The real `MemberStore` (see stores.py)."""

    client: firestore.Client
    field_map: FieldMap
    backoff: Backoff = field(default_factory=Backoff)
    ramp: Ramp = field(default_factory=Ramp.off)

    def read(self, kennitalas: Sequence[str]) -> Snapshot:
        """Read documents as of one moment."""
        return self.backoff.call(lambda: self._read(kennitalas))

    def write(self, writes: Sequence[MemberWrite]) -> dict[str, WriteResult]:
        """Write with conditions, as fast as the ramp admits."""
        writer = FirestoreWriter(self._calls, self.field_map)
        results: dict[str, WriteResult] = {}
        moves = FirestoreMoves(self.client, self.field_map)
        for write in [write for write in writes if write.takes_over]:
            self.ramp.admit(1)
            results[write.kennitala] = moves.send(write)
        plain = [write for write in writes if not write.takes_over]
        for batch in split_writes((write.kennitala, writer.encode(write)) for write in plain):
            self.ramp.admit(len(batch))
            results |= writer.send(batch)
        return results

    def scan(self, after: str = "") -> Iterator[StoredMember]:
        """All members after that kennitala as of one moment.

        A broken stream is continued after the last member that it gave.
        """
        after, read_time, fruitless = self._calls.name(MEMBERS, after) if after else "", None, 0
        while True:
            try:
                for answer in self._calls.stream(MEMBERS, after, self._synced_roots, read_time):
                    after, read_time, fruitless = answer.document.name, read_time or answer.read_time, 0
                    yield self._found(answer.document)
                return
            except google_errors.GoogleAPICallError as error:
                fruitless += 1
                reason = from_google(error)
                if fruitless == self.backoff.attempts or not isinstance(reason, TransientError):
                    raise reason from error
                self.backoff.pause(fruitless)

    def _read(self, kennitalas: Sequence[str]) -> Snapshot:
        names = [self._calls.name(MEMBERS, kennitala) for kennitala in kennitalas]
        try:
            return self._snapshot(self._calls.batch_get([*names, self._epoch_name], self._synced_roots))
        except google_errors.GoogleAPICallError as error:
            raise from_google(error) from error

    def set_epoch(self, epoch: Epoch) -> None:
        """Set the epoch; whoever was faster has set it for us."""
        mark = {"sync": {"line": epoch.line, "number": epoch.number}}
        write = update(
            self._epoch_name, mark, paths=mark, touched="updatedAt", update_time=epoch.update_time or None
        )
        try:
            self.backoff.call(lambda: self._commit(write))
        except RefusedError as error:
            raise TransientError(str(error)) from error

    def _commit(self, write: RawWrite) -> None:
        try:
            self._calls.commit([write])
        except OVERTAKEN:
            return
        except google_errors.GoogleAPICallError as error:
            raise from_google(error) from error

    def _snapshot(self, answers: Iterable[Any]) -> Snapshot:
        members, read_times, epoch = [], [], None
        for answer in answers:
            result = answer.WhichOneof("result")
            if result is None:  # the first answer only names the transaction
                continue
            read_times.append(answer.read_time)
            if self._epoch_name in {answer.found.name, answer.missing}:
                epoch = _epoch(self._found(answer.found)) if result == "found" else None
                continue
            members.append(self._found(answer.found) if result == "found" else _missing(answer.missing))
        read_time = min(read_times, key=Timestamp.ToNanoseconds).ToJsonString()
        return Snapshot(read_time, tuple(members), epoch)

    def _found(self, message: Any) -> StoredMember:
        fields = codec.decode_dict(message.fields, self.client)
        return StoredMember(
            _document_id(message.name), cast(dict[str, Any], fields), message.update_time.ToJsonString()
        )

    @property
    def _synced_roots(self) -> list[str]:
        # Whole top-level fields: asked for `profile.email`, a `profile` that is a text looks absent.
        return [*self.field_map.roots, "sync", "updatedAt"]

    @property
    def _epoch_name(self) -> str:
        return self._calls.name(*EPOCH)

    @property
    def _calls(self) -> FirestoreCalls:
        return FirestoreCalls(self.client)


def _document_id(name: str) -> str:
    return name.rpartition("/")[2]


def _epoch(stored: StoredMember) -> Epoch:
    """What makes no sense is another line than any."""
    mark = (stored.fields or {}).get("sync")
    line, number = (mark.get("line"), mark.get("number")) if isinstance(mark, Mapping) else (None, None)
    if isinstance(line, str) and isinstance(number, int) and number >= 0:
        return Epoch(line, number, stored.update_time or "")
    return Epoch(UNREADABLE, 0, stored.update_time or "")


def _missing(name: str) -> StoredMember:
    return StoredMember(_document_id(name), None)
