"""Health: the names of what is configured, and no value."""

from __future__ import annotations

import pytest

from tests.functions.entry_points.calls import Serve


def test_health_names_what_is_configured_and_no_value(serve: Serve) -> None:
    answer = serve("healthz").get("/")

    assert answer.status_code == 200
    assert set((answer.json or {})["configured"].values()) == {True}
    assert "kenni.example" not in answer.text


def test_health_is_503_when_something_is_missing(serve: Serve, environment: pytest.MonkeyPatch) -> None:
    environment.delenv("DJANGO_API_BASE_URL")

    answer = serve("healthz").get("/")

    assert answer.status_code == 503
    assert (answer.json or {})["configured"]["DJANGO_API_BASE_URL"] is False


def test_health_takes_get_alone(serve: Serve) -> None:
    assert serve("healthz").post("/").status_code == 405
