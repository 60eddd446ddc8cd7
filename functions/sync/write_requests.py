"""Writes to Firestore, and the requests that it takes them in.

They are plain protobuf messages: the library's wrappers cost several times as much, and a first copy makes
one message for every member.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from google.cloud.firestore_v1 import types
from google.protobuf.timestamp_pb2 import Timestamp

MAX_WRITES = 500
"""Writes in one request (https://firebase.google.com/docs/firestore/quotas)."""
MAX_BYTES = 9 * 1024 * 1024
"""Bytes in one request; the limit is 10 MiB, the rest is room for the envelope."""

NewWrite = types.Write.pb()
REQUEST_TIME = types.DocumentTransform.FieldTransform.ServerValue.REQUEST_TIME
RawWrite = Any
"""A message of the class that protobuf generates, which knows no types."""
KeyedWrite = tuple[str, RawWrite]


def update(
    name: str,
    fields: Mapping[str, Any],
    *,
    paths: Iterable[str] | None,
    touched: str,
    update_time: str | None,
) -> RawWrite:
    """Set these nested fields, and the field `touched` to the time of the write.

    The document must still be as of `update_time`; then only the fields of `paths` are written, or, without
    paths, it is replaced. If the time is None, there must be no document, and all of `fields` is written.
    """
    write = NewWrite()
    write.update.name = name
    for key, value in fields.items():
        _set(write.update.fields[key], value)
    if update_time is not None and paths is not None:
        write.update_mask.field_paths.extend(paths)
    write.update_transforms.add(field_path=touched, set_to_server_value=REQUEST_TIME)
    _require(write, update_time)
    return write


def update_encoded(
    name: str,
    fields: Mapping[str, Any],
    *,
    paths: Iterable[str] | None,
    touched: str,
    update_time: str | None,
) -> RawWrite:
    """The same for fields of any type, as the library has encoded them."""
    write = update(name, {}, paths=paths, touched=touched, update_time=update_time)
    for key, value in fields.items():
        write.update.fields[key].CopyFrom(value._pb)
    return write


def delete(name: str, update_time: str | None) -> RawWrite:
    """Delete a document that is still as of `update_time`."""
    write = NewWrite(delete=name)
    _require(write, update_time)
    return write


def split_writes(writes: Iterable[KeyedWrite]) -> Iterator[list[KeyedWrite]]:
    """Batches within both limits, in order. A write that is too large goes alone, so it alone is refused."""
    batch: list[KeyedWrite] = []
    size = 0
    for key, write in writes:
        length = write.ByteSize()
        if batch and (len(batch) == MAX_WRITES or size + length > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((key, write))
        size += length
    if batch:
        yield batch


def _require(write: RawWrite, update_time: str | None) -> None:
    if update_time is None:
        write.current_document.exists = False
        return
    moment = Timestamp()
    moment.FromJsonString(update_time)
    write.current_document.update_time.CopyFrom(moment)


def _set(target: Any, value: Any) -> None:
    match value:
        case None:
            target.null_value = 0
        case bool():
            target.boolean_value = value
        case int():
            target.integer_value = value
        case float():
            target.double_value = value
        case str():
            target.string_value = value
        case datetime():
            target.timestamp_value.FromDatetime(value)
        case Mapping():
            target.map_value.SetInParent()
            for key, inner in value.items():
                _set(target.map_value.fields[key], inner)
        case _:
            raise TypeError(f"no synced value has the type {type(value).__name__}")
