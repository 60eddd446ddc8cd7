"""Commands run as with Pulumi's own provider."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from local.provider.command.local_command import LocalCommand
from local.provider.command.process import LONGEST_LINE
from local.provider.properties import Properties
from local.provider.resource_type import Call, ProviderError, Urn
from local.world import World, WorldError

COMMAND = LocalCommand()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def call(provider_world: World, said: list[str]) -> Call:
    urn = Urn(f"urn:pulumi:{provider_world.name}::ekklesia::command:local:Command::told")
    return Call(urn, {}, say=said.append, cancelled=lambda: False)


def test_output_is_kept_without_the_last_line_break(call: Call, said: list[str]) -> None:
    _, outputs = COMMAND.create(call, {"create": "echo one; echo two; echo three >&2"})
    assert outputs["stdout"] == "one\ntwo"
    assert outputs["stderr"] == "three"
    assert sorted(said) == ["one", "three", "two"]


@pytest.mark.parametrize(
    ("logging", "shown"), [("none", []), ("stdout", ["out"]), ("stderr", ["err"]), (None, ["err", "out"])]
)
def test_logging_says_what_is_shown(
    call: Call, said: list[str], logging: str | None, shown: list[str]
) -> None:
    COMMAND.create(call, {"create": "echo out; echo err >&2", "logging": logging})
    assert sorted(said) == shown


def test_a_command_gets_its_input_environment_and_folder(call: Call, tmp_path: Path) -> None:
    inputs = {
        "create": 'cat; printf " %s" "$WORD"; pwd',
        "stdin": "given",
        "environment": {"WORD": "$(not; run)"},
        "dir": str(tmp_path),
    }
    _, outputs = COMMAND.create(call, inputs)
    assert outputs["stdout"] == f"given $(not; run){tmp_path}"


def test_a_large_input_that_nobody_reads_is_no_failure(call: Call) -> None:
    _, outputs = COMMAND.create(call, {"create": "true", "stdin": "x" * 1_000_000})
    assert outputs["stdout"] == ""


def test_another_interpreter_is_used(call: Call) -> None:
    _, outputs = COMMAND.create(call, {"create": "print(6 * 7)", "interpreter": ["python3", "-c"]})
    assert outputs["stdout"] == "42"


def test_a_failure_tells_the_end_of_the_error_output(call: Call) -> None:
    with pytest.raises(ProviderError, match=r"exit status 3.*\noh dear$"):
        COMMAND.create(call, {"create": "echo fine; echo oh dear >&2; exit 3"})


def test_an_interpreter_that_is_not_there_is_named(call: Call) -> None:
    with pytest.raises(ProviderError, match="no-such-shell does not start"):
        COMMAND.create(call, {"create": "x", "interpreter": ["no-such-shell"]})


def test_update_runs_update_or_else_create_and_knows_what_was_said_before(call: Call) -> None:
    old = {"stdout": "first", "stderr": ""}
    created = COMMAND.update(call, "id", old, {"create": "echo again"})
    assert created["stdout"] == "again"
    updated = COMMAND.update(
        call, "id", old, {"create": "false", "update": 'echo "after $PULUMI_COMMAND_STDOUT"'}
    )
    assert updated["stdout"] == "after first"


def test_delete_runs_delete_and_nothing_where_there_is_none(call: Call, tmp_path: Path) -> None:
    COMMAND.delete(call, "id", {"create": "false", "delete": f"touch {tmp_path}/gone"})
    assert (tmp_path / "gone").exists()
    COMMAND.delete(call, "id", {"create": f"touch {tmp_path}/never"})
    assert not (tmp_path / "never").exists()


def test_what_a_command_prints_is_secret_only_if_the_program_says_so() -> None:
    given = Properties({"stdin": "mellon"}, frozenset({("stdin",)}))
    outputs = {"stdin": "mellon", "stdout": "", "stderr": ""}
    assert not set(COMMAND.secret_outputs(outputs, given))


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("head -c 65536 /dev/zero | tr '\\0' x", "a line of output has 65536 bytes or more"),
        ("head -c 65536 /dev/zero | tr '\\0' x >&2", "a line of output has 65536 bytes or more"),
        ("printf '\\377'", "the output is not UTF-8"),
    ],
)
def test_output_that_the_real_plugin_cannot_take_fails(call: Call, command: str, says: str) -> None:
    with pytest.raises(ProviderError, match=says):
        COMMAND.create(call, {"create": command, "logging": "none"})


def test_a_line_may_have_just_less_than_64_kib(call: Call) -> None:
    _, outputs = COMMAND.create(call, {"create": "head -c 65535 /dev/zero | tr '\\0' x", "logging": "none"})
    assert len(outputs["stdout"]) == LONGEST_LINE - 1


def test_a_property_that_would_be_ignored_is_named(call: Call) -> None:
    problems = list(COMMAND.check(call, {"create": "true", "assetPaths": ["*"], "logging": "loud"}))
    assert [problem.property for problem in problems] == ["assetPaths", "logging"]


def test_a_cancelled_command_is_killed_and_its_children_go_on(provider_world: World, tmp_path: Path) -> None:
    urn = Urn(f"urn:pulumi:{provider_world.name}::ekklesia::command:local:Command::told")
    started = tmp_path / "started"
    call = Call(urn, {}, say=lambda _line: None, cancelled=started.exists)
    with pytest.raises(ProviderError, match="exit status -9"):
        COMMAND.create(
            call, {"create": f"sleep 100 & echo $! > {started}.new; mv {started}.new {started}; wait"}
        )
    os.kill(int(started.read_text()), signal.SIGTERM)


def test_no_command_is_run_for_a_stack_that_is_no_world() -> None:
    urn = Urn("urn:pulumi:prod::ekklesia::command:local:Command::told")
    call = Call(urn, {}, say=lambda _line: None, cancelled=lambda: False)
    with pytest.raises(WorldError, match="does not exist"):
        COMMAND.create(call, {"create": "echo never"})
