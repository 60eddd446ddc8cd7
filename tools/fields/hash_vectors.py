"""`tests/contract/member_hashes.json`: documents and the hash by which both halves compare them.

Computed here by neither half's code, so that each is held to it. The documents are people's, but for one,
which has a value in every field.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.fields.examples import example
from tools.fields.table import Row

VECTORS = Path("tests/contract/member_hashes.json")
EVERY_FIELD = "a value in every field"


def vectors(rows: Sequence[Row], text: str) -> str:
    """The file's new text."""
    told = json.loads(text)
    cases = [case for case in told["cases"] if case["name"] != EVERY_FIELD]
    cases.append({"name": EVERY_FIELD, "document": _whole_document(rows)})
    told["cases"] = [
        {"name": case["name"], "document": case["document"], "hash": _hash(rows, case["document"])}
        for case in cases
    ]
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _whole_document(rows: Sequence[Row]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for row in rows:
        place = document
        for key in row.keys[:-1]:
            place = place.setdefault(key, {})
        place[row.keys[-1]] = example(row)
    return document


def _hash(rows: Sequence[Row], document: Mapping[str, Any]) -> str:
    values = {row.path: _value(document, row.keys) for row in rows}
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _value(document: Any, keys: Sequence[str]) -> Any:
    for key in keys:
        document = (document or {}).get(key)
    return document
