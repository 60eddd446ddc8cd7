"""Production's settings fail fast: one clear line and a status that is not 0."""

from __future__ import annotations

import pytest

from tests.linode import production
from tests.linode.runtimes import Runtime


@pytest.mark.parametrize("name", sorted(production.REQUIRED))
def test_missing_variable(runtime: Runtime, name: str) -> None:
    environment = {key: text for key, text in production.REQUIRED.items() if key != name}
    answer = production.manage(runtime, environment, "migrate", "--plan")
    assert answer.returncode == 1
    assert answer.stderr.strip() == f"settings: the environment variable {name} is missing"


def test_blank_variable(runtime: Runtime) -> None:
    answer = production.manage(runtime, production.REQUIRED | {"DATABASE_URL": "  "}, "check")
    assert answer.stderr.strip() == "settings: the environment variable DATABASE_URL is missing"


@pytest.mark.parametrize("name", ["NUDGE_URL", "NUDGE_KEY_FILE"])
def test_half_a_nudge(runtime: Runtime, name: str) -> None:
    environment = production.REQUIRED | {key: text for key, text in production.NUDGE.items() if key != name}
    answer = production.manage(runtime, environment, "check")
    assert answer.returncode == 1
    assert answer.stderr.strip() == f"settings: environment variables are missing: {name}"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("SECOND_FACTOR_FROM", "must be a day: 2027-01-31"), ("SESSION_IDLE_MINUTES", "is no whole number")],
)
def test_variable_of_another_form(runtime: Runtime, name: str, complaint: str) -> None:
    answer = production.manage(runtime, production.REQUIRED | {name: "soon"}, "check")
    assert answer.stderr.strip() == f"settings: the environment variable {name} {complaint}"
