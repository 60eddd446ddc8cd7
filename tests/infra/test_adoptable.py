"""By what a resource that is there already is known: its name, or what it has in common with the wanted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from infra.adoptable import KINDS
from infra.google_apis.existing import Existing
from infra.settings import parse

PROJECT = "p"


@pytest.mark.parametrize("kind", ["gcp:firestore/database:Database", "gcp:firestore/index:Index"])
def test_what_has_no_name_yet_is_not_looked_for(
    config: dict[str, Any], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A preview does not know every name; nothing of that name can be there."""
    asked: list[str] = []
    monkeypatch.setattr(Existing, "get", lambda _self, _api, path: asked.append(path))
    unknown = dict.fromkeys(("name", "database", "collection"), object())
    assert KINDS[kind].find(Existing(parse(config)), {"project": PROJECT} | unknown) is None
    assert asked == []


WANTED = [("by", "ASCENDING", None), ("words", None, "CONTAINS")]


@pytest.mark.parametrize(
    ("fields", "scope", "is_it"),
    [
        ([*WANTED, ("__name__", "ASCENDING", None)], "COLLECTION", True),
        (WANTED, "COLLECTION", True),
        (WANTED, "COLLECTION_GROUP", False),
        (WANTED[::-1], "COLLECTION", False),
        (WANTED[:1], "COLLECTION", False),
        ([("by", "DESCENDING", None), WANTED[1]], "COLLECTION", False),
        ([WANTED[0], ("words", "ASCENDING", None)], "COLLECTION", False),
        ([WANTED[0], ("other", None, "CONTAINS")], "COLLECTION", False),
    ],
)
def test_an_index_is_the_same_only_with_the_same_fields(
    config: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    fields: list[tuple[str, str | None, str | None]],
    scope: str,
    is_it: bool,
) -> None:
    names = ("fieldPath", "order", "arrayConfig")
    listed = [{key: value for key, value in zip(names, each, strict=True) if value} for each in fields]
    answer = {"indexes": [{"name": "i/1", "queryScope": scope, "fields": listed}]}
    monkeypatch.setattr(Existing, "get", lambda *_: answer)
    wanted = [
        SimpleNamespace(field_path=path, order=order, array_config=array) for path, order, array in WANTED
    ]
    arguments = {"project": PROJECT, "database": "d", "collection": "c", "query_scope": "COLLECTION"}
    found = KINDS["gcp:firestore/index:Index"].find(Existing(parse(config)), arguments | {"fields": wanted})
    assert bool(found) is is_it
