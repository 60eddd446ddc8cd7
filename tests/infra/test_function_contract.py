"""The program gives each function the variables without which it refuses to start."""

from __future__ import annotations

import pytest

from runtime.health import CONFIGURED
from runtime.settings import NEEDED
from tools.program_run import Program


def test_every_function_names_what_it_needs(production: Program) -> None:
    """All but the health check, which reports what is missing."""
    functions = production.of_type("function:Function")
    assert {it.inputs["buildConfig"]["entryPoint"] for it in functions} == {*NEEDED, "healthz"}


def test_the_health_check_tells_of_all_that_it_is_given(production: Program) -> None:
    given = production.get("Function", "healthz").inputs["serviceConfig"]["environmentVariables"]
    assert set(CONFIGURED) == set(given)


@pytest.mark.parametrize("entry_point", NEEDED)
def test_every_required_setting_is_given(production: Program, entry_point: str) -> None:
    [function] = [
        it
        for it in production.of_type("function:Function")
        if it.inputs["buildConfig"]["entryPoint"] == entry_point
    ]
    config = function.inputs["serviceConfig"]
    secret = {it["key"] for it in config.get("secretEnvironmentVariables") or []}
    given = set(config["environmentVariables"]) | secret
    known = {
        f"{group.model_config.get('env_prefix', '')}{name}".upper(): field.is_required()
        for group in NEEDED[entry_point]
        for name, field in group.model_fields.items()
    }
    assert {name for name, is_required in known.items() if is_required} <= given
    assert given <= set(known)
