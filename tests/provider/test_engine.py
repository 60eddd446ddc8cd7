"""The providers under the real Pulumi CLI: a program goes up, changes, and goes down again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import yaml

from local import gcp_plugin, supervisor
from local.function_runtime import revisions
from local.google.real_provider import provider_variables
from local.project_file import OWN_FOLDER
from local.resource_store import ResourceStore

from .conftest import Engine

SERVICE = "projects/{project}/locations/europe-west2/services/greet-all"


@pytest.fixture(scope="module")
def program(engine: Engine) -> Engine:
    """The small program, up."""
    engine.up()
    return engine


def live_url(engine: Engine) -> str:
    """The address of the function's live revision."""
    name = SERVICE.format(project=engine.world.project)
    service = ResourceStore(engine.world).get("run.services", name)
    assert service is not None
    ports = {each["name"]: each["port"] for each in service.status["revisions"]}
    return f"http://{engine.world.address}:{ports[service.status['live']]}"


def environment(engine: Engine) -> dict[str, str]:
    """The environment of the live revision."""
    answer: dict[str, str] = httpx.get(live_url(engine)).json()
    return answer


def test_preview_of_a_new_program_creates_nothing(engine: Engine) -> None:
    assert set(engine.steps().values()) == {"create"}
    assert not (engine.world.state / "resources").exists()


def test_a_second_up_changes_nothing(program: Engine) -> None:
    assert program.steps() == {}


def test_a_refresh_finds_everything_as_it_was(program: Engine) -> None:
    program.run("refresh", "--yes", "--skip-preview", "--expect-no-changes", "-s", program.world.name)


def test_what_exists_can_be_adopted(program: Engine) -> None:
    stack, project = program.world.name, program.world.project
    urn = f"urn:pulumi:{stack}::provider-test::gcp:cloudscheduler/job:Job::each-morning"
    program.run("state", "delete", urn, "--yes", "-s", stack)
    name = f"projects/{project}/locations/europe-west2/jobs/each-morning"
    assert program.steps(adopt=name) == {"each-morning": "import"}
    program.up(adopt=name)
    assert program.steps(adopt=name) == {}


def test_the_function_runs_with_exactly_what_it_was_given(program: Engine) -> None:
    given = environment(program)
    assert given["GREETING"] == "hello"
    assert given["FUNCTION_TARGET"] == "greet"
    assert given["FUNCTION_SIGNATURE_TYPE"] == "http"
    assert given["K_SERVICE"] == "greet-all"
    assert given["GOOGLE_CLOUD_PROJECT"] == program.world.project
    assert not {"PULUMI_CONFIG_PASSPHRASE", "SUPERVISOR_ENABLED", "VIRTUAL_ENV"} & given.keys()


def test_the_secret_reaches_the_function_and_no_file_but_its_own(program: Engine) -> None:
    assert httpx.get(f"{live_url(program)}/word").text == "mellon"
    telling = [
        path for path in program.world.state.rglob("*") if path.is_file() and b"mellon" in path.read_bytes()
    ]
    assert telling == [program.world.state / "secrets" / "word" / "1"]
    assert telling[0].stat().st_mode & 0o777 == 0o600


def test_secrets_stay_secret_in_outputs_and_state(program: Engine) -> None:
    shown = program.outputs()
    assert shown["word"] == "[secret]"
    assert shown["told"] == "[secret]"
    assert program.outputs(show_secrets=True)["told"] == "told"
    state = program.run("stack", "export", "-s", program.world.name).stdout
    assert "mellon" not in state


def test_the_uri_is_that_of_googles_front_end(program: Engine) -> None:
    assert program.outputs()["uri"] == f"{program.world.url('functions')}/greet_all"


def test_a_change_of_the_environment_moves_traffic_and_keeps_the_revision_before(program: Engine) -> None:
    assert program.steps(greeting="good morning")["greet_all"] == "update"
    before = environment(program)["K_REVISION"]
    program.up(greeting="good morning")
    assert environment(program)["GREETING"] == "good morning"
    name = SERVICE.format(project=program.world.project)
    revisions.move_traffic(program.world, name, before)
    assert environment(program)["GREETING"] == "hello"
    assert len(function_programs(program)) == 1
    program.up()
    assert environment(program)["GREETING"] == "hello"


def test_a_function_that_does_not_start_fails_with_its_log_and_the_old_one_serves(program: Engine) -> None:
    said = program.up(check=False, entryPoint="broken")
    assert "Container Healthcheck failed" in said
    assert "RuntimeError: nothing to say" in said
    assert environment(program)["FUNCTION_TARGET"] == "greet"
    program.up()


def test_a_failed_first_build_leaves_a_function_that_the_next_up_only_reads(program: Engine) -> None:
    said = program.up(check=False, second="missing")
    assert "main.py has no function 'missing'" in said
    program.up(second="missing")
    outputs = program.outputs()
    assert outputs["state"] == "FAILED"
    assert not outputs.get("second")
    program.up(second="greet")
    assert program.outputs()["state"] == "ACTIVE"
    assert program.outputs()["second"].endswith("/second")
    program.up()
    assert len(function_programs(program)) == 1


def test_a_job_changes_in_place_and_a_command_runs_anew_when_its_trigger_changes(program: Engine) -> None:
    assert program.steps(schedule="0 7 * * *") == {"each-morning": "update"}
    steps = program.preview(greeting="good night")["steps"]
    assert "replace" in {step["op"] for step in steps if step["urn"].endswith("::told")}


def test_a_dead_function_is_seen_by_refresh(program: Engine) -> None:
    supervisor.stop_program(program.world, next(iter(function_programs(program))))
    program.up("--refresh")
    assert environment(program)["GREETING"] == "hello"
    assert len(function_programs(program)) == 1


def test_a_secret_that_may_not_be_read_fails_the_function(program: Engine) -> None:
    # Pulumi deletes last, so the grant is still there for resources that change in the same run.
    program.up(without="grant")
    said = program.up(check=False, without="grant", greeting="good evening")
    assert "Permission denied on secret" in said
    assert "roles/secretmanager.secretAccessor" in said
    program.up()


def test_an_api_that_is_not_enabled_fails_what_needs_it(program: Engine) -> None:
    program.up(without="cloudscheduler")
    said = program.up(check=False, without="cloudscheduler", schedule="0 8 * * *")
    assert "cloudscheduler.googleapis.com has not been used in project" in said
    program.up()


def test_the_engine_starts_a_named_plugin_with_the_worlds_addresses(
    program: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plugin notes what it was told, and is our own after that."""
    plugin, told = tmp_path / "plugin" / gcp_plugin.FILE, tmp_path / "told"
    plugin.parent.mkdir()
    own = OWN_FOLDER / "provider" / "gcp" / gcp_plugin.FILE
    plugin.write_text(f'#!/bin/sh\nenv > {told}\nexec {own} "$@"\n')
    plugin.chmod(0o755)
    folder = tmp_path / "project"
    shutil.copytree(program.folder, folder)
    project = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    project["plugins"]["providers"][0]["path"] = str(plugin.parent)
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    variables = provider_variables(program.world)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert replace(program, folder=folder).steps() == {}
    assert {f"{name}={value}" for name, value in variables.items()} <= set(told.read_text().splitlines())


def test_a_project_that_is_not_a_demo_is_refused(program: Engine) -> None:
    said = program.up(check=False, project="ekklesia-prod")
    assert "touches only projects whose id starts with `demo-`" in said
    program.up()


def test_an_interrupted_up_ends_its_command_and_the_next_one_goes_on(program: Engine) -> None:
    said = program.interrupt_up("patience", telling="echo patience; sleep 100", greeting="good day")
    assert "exit status -9" in said
    assert "Traceback" not in said
    program.up()
    assert program.steps() == {}


def test_destroy_ends_every_process_and_forgets_everything(engine: Engine) -> None:
    engine.up()
    engine.run("destroy", "--yes", "--skip-preview", "-s", engine.world.name)
    assert set(supervisor.programs(engine.world)) == {"googleapis"}
    assert not list((engine.world.state / "resources").rglob("*.json"))
    assert not list((engine.world.state / "buckets").iterdir())


def function_programs(engine: Engine) -> list[str]:
    """The running programs of the function."""
    return [
        name
        for name, status in supervisor.programs(engine.world).items()
        if name.startswith("function-") and status.state in supervisor.UP_STATES
    ]
