"""Each function that is called over HTTP refuses a body that is too large before it looks into it."""

from __future__ import annotations

import ast
import io
import json
from typing import Any

import pytest

from tests.functions.entry_points.calls import PORTAL, Serve, call, id_token
from tests.functions.entry_points.conftest import SOURCE

LARGER = 100_000
"""Bytes: more than any function takes."""
FUNCTIONS = [
    node.name
    for node in ast.parse(SOURCE.read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef)
    and any(ast.unparse(decorator) == "functions_framework.http" for decorator in node.decorator_list)
]
HEADERS = {"Origin": PORTAL, "Content-Type": "application/json"}


@pytest.fixture
def nobody_parses(monkeypatch: pytest.MonkeyPatch) -> None:
    loads = json.loads

    def parsed(text: str | bytes, **options: Any) -> Any:
        assert len(text) < LARGER, "a large body was parsed"
        return loads(text, **options)

    monkeypatch.setattr(json, "loads", parsed)


@pytest.mark.usefixtures("nobody_parses")
@pytest.mark.parametrize("target", [name for name in FUNCTIONS if name != "healthz"])
def test_a_large_order_is_refused_before_it_is_parsed(serve: Serve, target: str) -> None:
    answer = serve(target).post("/", data=b"[" * LARGER, headers=HEADERS)

    assert answer.status_code in {400, 413}
    assert b"is larger than" in answer.data


@pytest.mark.usefixtures("nobody_parses")
@pytest.mark.parametrize("target", [name for name in FUNCTIONS if name != "healthz"])
def test_an_order_says_how_large_it_is(serve: Serve, target: str) -> None:
    body = io.BytesIO(b"[" * LARGER)
    headers = HEADERS | {"Transfer-Encoding": "chunked"}

    answer = serve(target).post("/", input_stream=body, headers=headers)

    assert answer.status_code in {400, 411}
    assert b"Content-Length" in answer.data
    assert body.tell() == 0


def test_maps_within_maps_are_refused(serve: Serve, project: str) -> None:
    updates: dict[str, object] = {"email": "a@b.is"}
    for _ in range(500):
        updates = {"a": updates}
    kennitala = "0101701234"

    token = id_token(project, kennitala=kennitala)
    answer = call(serve("updatememberprofile"), {"kennitala": kennitala, "updates": updates}, token)

    assert answer.status_code == 400
