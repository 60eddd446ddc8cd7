"""How two versions of inputs are compared. What Google's provider answers is in `test_answers.py`."""

from __future__ import annotations

from typing import Any

import pytest

from local.provider.command.local_command import LocalCommand
from local.provider.difference import Kind, changes
from local.provider.resource_type import Call, Urn


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 1, "b": None}, []),
        ({"a": 1}, {"a": 2}, [("a", Kind.UPDATE)]),
        ({}, {"a": {"b": 1}}, [("a", Kind.ADD)]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1]}}, [("a.b[1]", Kind.DELETE)]),
        ({"a": [{"k": "x", "v": 1}]}, {"a": [{"k": "x", "v": 2}]}, [("a[0].v", Kind.UPDATE)]),
    ],
)
def test_changes_are_found_where_they_are(old: Any, new: Any, found: list[tuple[str, Kind]]) -> None:
    assert [(change.name, change.kind) for change in changes(old, new)] == found


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"triggers": ["a"]}, {"triggers": ["b"]}, True),
        ({"create": "a"}, {"create": "b"}, False),
    ],
)
def test_only_triggers_run_a_command_again_from_the_start(old: Any, new: Any, replaces: bool) -> None:
    call = Call(Urn(""), {}, say=lambda _line: None, cancelled=lambda: False)
    assert [change.replaces for change in LocalCommand().differences(call, {}, old, new)] == [replaces]
