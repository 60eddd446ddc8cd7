"""A world notices what `infra/` lacks: each test removes one thing from a copy, and something must fail."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local import stack_settings
from local.services import programs
from local.services.world_program import start_service
from local.sync_run import run_full
from local.world import WorldError
from tests.world.live_world import TEST_PREFIX, LiveWorld, claim_ownership, copy_of_the_program

SECRETS_AND_APIS = (
    *("--target", "**projects/service:Service::*"),
    *("--target", "**local:Command::apis-answer"),
    *("--target", "**secretmanager/secret:Secret::*"),
)
SECRET_IS_MADE = "gcp:secretmanager:Secret kenni-client-secret created"


@dataclass
class Sabotage:
    """A copy of the program, for a world that runs the real one."""

    world: LiveWorld
    project: Path

    def edit(self, module: str, text: str, instead: str) -> None:
        """Replace a text that occurs exactly once in a module of the copy."""
        path = self.project / "infra" / module
        assert path.read_text().count(text) == 1
        path.write_text(path.read_text().replace(text, instead))

    def up(self, *options: str) -> tuple[int, str]:
        """Bring the world to the copy's state. Returns the exit status and the whole output."""
        done = self.world.pulumi("up", "--yes", "--skip-preview", *options, folder=self.project)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def sabotage(world: LiveWorld, tmp_path: Path) -> Iterator[Sabotage]:
    """A copy of the program for the running world, which returns to its own state afterwards."""
    copy_of_the_program(tmp_path)
    yield Sabotage(world, tmp_path)
    restored = world.pulumi("up", "--yes", "--skip-preview")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert run_full(world.world, print).status == "success"


@pytest.fixture
def empty_world(tmp_path: Path) -> Iterator[Sabotage]:
    """A world in which nothing is declared yet. Google's APIs answer, since the program asks them first."""
    copy_of_the_program(tmp_path)
    world = LiveWorld(f"{TEST_PREFIX}{secrets.token_hex(3)}")
    claim_ownership(world.name)
    started = stack_settings.ensure_world(world.name)
    start_service(started, programs.googleapis(started))
    yield Sabotage(world, tmp_path)
    world.run("clean", "--yes")


def test_without_its_invoker_binding_the_schedule_is_turned_away(sabotage: Sabotage) -> None:
    sabotage.edit(
        "scheduler.py",
        'binding = sync.allow("scheduler", service_accounts.member(caller))',
        "binding = caller",
    )
    status, said = sabotage.up()
    assert status == 0, said
    with pytest.raises(WorldError, match="HTTP 403"):
        run_full(sabotage.world.world, print)


def test_without_its_grant_a_revision_gets_no_secret(sabotage: Sabotage) -> None:
    sabotage.edit("cloud_function.py", "for secret in self._spec.secrets.values()", "for secret in ()")
    status, said = sabotage.up()
    assert status == 0, said
    sabotage.edit("sync_functions.py", "FULL_RUN_SECONDS = 540", "FULL_RUN_SECONDS = 539")
    status, said = sabotage.up()
    assert status != 0
    assert "Permission denied on secret" in said


def test_without_an_environment_variable_a_revision_gets_no_traffic(sabotage: Sabotage) -> None:
    variable = '"DJANGO_API_BASE_URL": settings.linode.api_base_url'
    sabotage.edit("function_environment.py", variable, "")
    status, said = sabotage.up()
    assert status != 0
    assert "DJANGO_API_BASE_URL" in said


def test_without_its_api_enabled_nothing_is_made(empty_world: Sabotage) -> None:
    empty_world.edit("project_services.py", '    "secretmanager": f"v1/{PROJECT}/secrets",\n', "")
    status, said = empty_world.up(*SECRETS_AND_APIS)
    assert status != 0
    assert "secretmanager.googleapis.com" in said, said
    assert SECRET_IS_MADE not in said


def test_with_its_api_enabled_the_same_is_made(empty_world: Sabotage) -> None:
    """The program itself stops afterwards, because no function was asked for, so none has an address."""
    _, said = empty_world.up(*SECRETS_AND_APIS)
    assert SECRET_IS_MADE in said, said
    assert "secretmanager.googleapis.com" not in said
