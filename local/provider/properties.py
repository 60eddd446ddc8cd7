"""Decodes and encodes Pulumi's property values: secrets, unknowns, outputs, assets and archives.

A message is decoded to plain Python values and, apart from them, the paths of what was secret; it is encoded
from the same two. A value that is not known yet (preview) is the text `UNKNOWN`, so that any text built from
it contains it and is unknown as well. The signatures are those of pulumi/sdk/go/common/resource/sig.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker of the protocol, no secret  # nosec B105
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

Value = Any
"""A decoded value: None, bool, int, float, str, list, dict, Asset or Archive."""
Path = tuple[str | int, ...]
"""The path of a value in a resource's properties."""


@dataclass(frozen=True)
class Asset:
    """A file for a resource: exactly one of `text`, `path` and `uri`."""

    hash: str
    text: str | None = None
    path: str | None = None
    uri: str | None = None


@dataclass(frozen=True)
class Archive:
    """A tree of files for a resource: exactly one of `path` (folder or archive), `uri` and `assets`."""

    hash: str
    path: str | None = None
    uri: str | None = None
    assets: Mapping[str, Asset | Archive] | None = None

    def __hash__(self) -> int:
        return hash(self.hash)


@dataclass(frozen=True)
class Properties:
    """A resource's decoded properties, and the paths of the secret ones."""

    values: dict[str, Value]
    secret_paths: frozenset[Path] = frozenset()


def decode(message: struct_pb2.Struct) -> Properties:
    """The properties in a message."""
    secret_paths: set[Path] = set()
    values = {
        key: _decode(value, (key,), secret_paths)
        for key, value in MessageToDict(message, preserving_proto_field_name=True).items()
    }
    return Properties(values, frozenset(secret_paths))


def encode(properties: Properties) -> struct_pb2.Struct:
    """The message with these properties."""
    message = struct_pb2.Struct()
    message.update({key: _encode(value, (key,), properties) for key, value in properties.values.items()})
    return message


def is_unknown(value: Value) -> bool:
    """Whether a value is unknown, or a text that contains an unknown one."""
    return isinstance(value, str) and UNKNOWN in value


def contains_unknown(value: Value) -> bool:
    """Whether anything in a value is unknown."""
    if isinstance(value, Mapping):
        return any(contains_unknown(part) for part in value.values())
    if isinstance(value, list):
        return any(contains_unknown(part) for part in value)
    return is_unknown(value)


def without(values: Mapping[str, Value], names: Iterable[str]) -> dict[str, Value]:
    """The values without those of the given names."""
    left_out = frozenset(names)
    return {key: value for key, value in values.items() if key not in left_out}


def _decode(value: Value, path: Path, secret_paths: set[Path]) -> Value:
    if isinstance(value, list):
        return [_decode(part, (*path, index), secret_paths) for index, part in enumerate(value)]
    if isinstance(value, dict):
        return _decode_mapping(value, path, secret_paths)
    # The protocol has no integers.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _decode_mapping(value: dict[str, Any], path: Path, secret_paths: set[Path]) -> Value:
    signature = value.get(SIGNATURE)
    if signature is None:
        return {key: _decode(part, (*path, key), secret_paths) for key, part in value.items()}
    if signature not in (SECRET, OUTPUT):
        return _decode_asset(value)
    if signature == SECRET or value.get("secret"):
        secret_paths.add(path)
    return _decode(value["value"], path, secret_paths) if "value" in value else UNKNOWN


def _decode_asset(value: dict[str, Any]) -> Asset | Archive:
    if value[SIGNATURE] == ASSET:
        return Asset(value.get("hash", ""), value.get("text"), value.get("path"), value.get("uri"))
    if value[SIGNATURE] != ARCHIVE:
        raise ValueError(f"a value of unknown kind {value[SIGNATURE]}")
    members = value.get("assets")
    assets = {name: _decode_asset(member) for name, member in members.items()} if members else None
    return Archive(value.get("hash", ""), value.get("path"), value.get("uri"), assets)


def _encode(value: Value, path: Path, properties: Properties) -> Value:
    if path in properties.secret_paths:
        plain = Properties(properties.values, properties.secret_paths - {path})
        return {SIGNATURE: SECRET, "value": _encode(value, path, plain)}
    if is_unknown(value):
        return UNKNOWN
    if isinstance(value, Asset | Archive):
        return _encode_asset(value)
    if isinstance(value, Mapping):
        return {key: _encode(part, (*path, key), properties) for key, part in value.items()}
    if isinstance(value, list):
        return [_encode(part, (*path, index), properties) for index, part in enumerate(value)]
    return value


def _encode_asset(value: Asset | Archive) -> dict[str, Any]:
    encoded: dict[str, Any] = {
        SIGNATURE: ASSET if isinstance(value, Asset) else ARCHIVE,
        "hash": value.hash,
    }
    for name in ("text", "path", "uri"):
        if (content := getattr(value, name, None)) is not None:
            encoded[name] = content
    if isinstance(value, Archive) and value.assets is not None:
        encoded["assets"] = {name: _encode_asset(member) for name, member in value.assets.items()}
    return encoded
