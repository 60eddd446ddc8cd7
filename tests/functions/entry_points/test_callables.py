"""Checks that every callable function makes."""

from __future__ import annotations

import pytest

from tests.functions.entry_points.calls import Serve, call, id_token

CALLABLES = ["verify_membership", "updatememberprofile", "setmemberrole", "syncmembers"]


@pytest.mark.parametrize("target", CALLABLES)
@pytest.mark.parametrize("token", [None, "not-a-token", id_token("demo-another-project")])
def test_callables_are_for_those_logged_in(
    serve: Serve, project: str, target: str, token: str | None
) -> None:
    answer = call(serve(target), {}, token)

    assert answer.status_code == 401
    assert answer.json["error"]["status"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"data": 1, "more": 2}', b"{}", b"[" * 60_000, b'"x"' * 40_000]
)
def test_callables_refuse_a_body_that_is_no_call(serve: Serve, project: str, body: bytes) -> None:
    answer = serve("verify_membership").post(
        "/",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {id_token(project)}"},
    )

    assert answer.status_code == 400
    assert (answer.json or {})["error"]["status"] == "INVALID_ARGUMENT"
