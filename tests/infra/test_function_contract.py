"""What a function refuses to start without is what the program gives it."""

from __future__ import annotations

import pytest

from runtime.settings import NEEDED
from tools.program_run import Program


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
    required = {
        name.upper()
        for group in NEEDED[entry_point]
        for name, field in group.model_fields.items()
        if field.is_required()
    }
    assert required <= given
    assert given <= {name.upper() for group in NEEDED[entry_point] for name in group.model_fields}
