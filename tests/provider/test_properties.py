"""Pulumi's values stay the same when they are encoded and decoded, and secrets stay marked."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict
from hypothesis import given
from hypothesis import strategies as st

from local.provider.properties import (
    ARCHIVE,
    ASSET,
    OUTPUT,
    SECRET,
    SIGNATURE,
    UNKNOWN,
    Archive,
    Asset,
    Properties,
    contains_unknown,
    decode,
    encode,
    is_unknown,
)


def message(content: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(content)
    return struct


scalars = st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.text(max_size=20)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.dictionaries(st.text(min_size=1, max_size=5), values, max_size=4))
def test_plain_values_survive(content: dict[str, object]) -> None:
    assert decode(encode(Properties(content))).values == content


def test_a_secret_is_unwrapped_and_its_place_remembered() -> None:
    wrapped = {"outer": {"list": [{SIGNATURE: SECRET, "value": "mellon"}, 2]}}
    found = decode(message(wrapped))
    assert found.values == {"outer": {"list": ["mellon", 2]}}
    assert found.secret_paths == {("outer", "list", 0)}
    assert MessageToDict(encode(found)) == wrapped


@pytest.mark.parametrize(
    ("output", "value", "secret"),
    [
        ({SIGNATURE: OUTPUT, "value": "known"}, "known", False),
        ({SIGNATURE: OUTPUT}, UNKNOWN, False),
        ({SIGNATURE: OUTPUT, "value": "known", "secret": True}, "known", True),
    ],
)
def test_outputs_are_unwrapped(output: dict[str, object], value: str, secret: bool) -> None:
    found = decode(message({"one": output}))
    assert found.values == {"one": value}
    assert bool(found.secret_paths) is secret


def test_a_text_made_of_an_unknown_is_unknown() -> None:
    name = f"projects/{UNKNOWN}/secrets/word"
    assert is_unknown(name)
    assert contains_unknown({"list": [{"name": name}]})
    assert MessageToDict(encode(Properties({"name": name}))) == {"name": UNKNOWN}


def test_assets_and_archives_survive() -> None:
    asset = {SIGNATURE: ASSET, "hash": "a1", "text": "content"}
    archive = {SIGNATURE: ARCHIVE, "hash": "b2", "assets": {"main.py": asset}}
    found = decode(message({"source": archive}))
    assert found.values == {"source": Archive("b2", assets={"main.py": Asset("a1", text="content")})}
    assert MessageToDict(encode(found)) == {"source": archive}


def test_a_value_of_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        decode(message({"one": {SIGNATURE: "nobody knows"}}))
