"""Each step is a line with its time; one that fails says so."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from local.steps import Steps


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def steps(output: io.StringIO) -> Steps:
    return Steps(Console(file=output, width=200))


def test_a_step_keeps_the_last_that_was_said(steps: Steps, output: io.StringIO) -> None:
    with steps.step("services") as say:
        say("waiting for kenni")
        say("19 programs")
    assert re.fullmatch(r"services +19 programs \(\d+\.\d\d s\)\n", output.getvalue())
    assert set(steps.seconds) == {"services"}


def test_a_step_that_fails_says_so_and_has_no_time(steps: Steps, output: io.StringIO) -> None:
    with pytest.raises(RuntimeError), steps.step("services"):
        raise RuntimeError
    assert re.fullmatch(r"services +FAILED \(\d+\.\d\d s\)\n", output.getvalue())
    assert steps.seconds == {}


def test_what_is_said_is_no_markup(steps: Steps, output: io.StringIO) -> None:
    with steps.step("pulumi up") as say:
        say("[bold]~triggers[/nothing]")
    assert "[bold]~triggers[/nothing]" in output.getvalue()
