"""Carries a member to a corrected kennitala in Firestore: one commit writes the new document and removes the
old ones. Each must still be as Django was shown it; else nothing lands, and the member is read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from google.api_core import exceptions as google_errors
from google.cloud import firestore
from google.cloud.firestore_v1 import _helpers as codec
from google.cloud.firestore_v1.field_path import FieldPath

from . import write_requests
from .documents import RESTING, MemberWrite, WriteFate, WriteResult
from .failures import from_google
from .field_map import FieldMap, nest
from .firestore_calls import FirestoreCalls
from .firestore_writer import MEMBERS, NOTHING_LANDED, UPDATED_AT, refusal
from .taking_over import Old, beside, whole
from .write_requests import RawWrite

Documents = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class FirestoreMoves:
    """Makes one write that takes over documents at old numbers."""

    client: firestore.Client
    field_map: FieldMap

    def send(self, write: MemberWrite) -> WriteResult:
        """The write with all that belongs to it, or nothing."""
        try:
            documents = self._read_unchanged(write)
            if documents is None:
                return WriteResult(WriteFate.OVERTAKEN, message="a document has changed")
            answer = self._calls.commit(self._writes(write, documents))
        except NOTHING_LANDED as error:
            return refusal(error)
        except google_errors.GoogleAPICallError as error:
            return WriteResult(WriteFate.UNKNOWN, message=str(from_google(error)))
        gone = write.document is None
        moment = answer.commit_time if gone else answer.write_results[0].update_time
        return WriteResult(WriteFate.LANDED, moment.ToJsonString())

    def _read_unchanged(self, write: MemberWrite) -> Documents | None:
        """The whole documents by kennitala; None if one of them is not as Django was shown it."""
        expected = {write.kennitala: write.update_time}
        expected |= {old.kennitala: old.update_time for old in write.takes_over}
        answers = self._calls.batch_get(map(self._name, expected), None)
        found = [answer.found for answer in answers if answer.WhichOneof("result") == "found"]
        times = {one.name.rpartition("/")[2]: one.update_time.ToJsonString() for one in found}
        if any(times.get(kennitala) != time for kennitala, time in expected.items()):
            return None
        return {
            one.name.rpartition("/")[2]: cast(dict[str, Any], codec.decode_dict(one.fields, self.client))
            for one in found
        }

    def _writes(self, write: MemberWrite, documents: Documents) -> Sequence[RawWrite]:
        removed = [
            write_requests.delete(self._name(old.kennitala), old.update_time) for old in write.takes_over
        ]
        if write.document is not None:
            return [self._new_document(write, documents), *removed]
        own = [write_requests.delete(self._name(write.kennitala), write.update_time)]
        return removed if write.update_time is None else [*own, *removed]

    def _new_document(self, write: MemberWrite, documents: Documents) -> RawWrite:
        olds = [Old(old.kennitala, documents[old.kennitala]) for old in write.takes_over]
        paths: list[str] | None = None
        if write.update_time is None or write.whole:
            fields = whole(self.field_map, write, olds)
        else:
            values = self.field_map.stated(write.document or {}) | write.mark
            more = beside(self.field_map, documents[write.kennitala], olds)
            fields = nest(values) | more
            paths = [*{**values, RESTING: None}, *[FieldPath(name).to_api_repr() for name in more]]
        return write_requests.update_encoded(
            self._name(write.kennitala),
            codec.encode_dict(fields),
            paths=paths,
            touched=UPDATED_AT,
            update_time=write.update_time,
        )

    def _name(self, kennitala: str) -> str:
        return self._calls.name(MEMBERS, kennitala)

    @property
    def _calls(self) -> FirestoreCalls:
        return FirestoreCalls(self.client)
