"""Gives each test a repository of its own, so that no real world, stack or claim is touched."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from local import environment, places, pulumi_stack, stack_settings
from local import world as world_module
from local.environment import extend_path
from local.world import World


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """State, stacks, passphrase and claims in a folder of the test's, with a project file of its own."""
    return _move_in(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def furnished_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder above a home with the worlds `local` and `other`: to be copied, not to be changed."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        _move_in(folder, patch)
        for name in ("local", "other"):
            stack_settings.ensure_world(name)
    return folder


def _move_in(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    extend_path()
    home = folder / ".local"
    project = folder / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(
        "{name: ekklesia, runtime: python, stackConfigDir: ../.local/stacks}"
    )
    patch.setattr(pulumi_stack, "FOLDER", project)
    for module in (world_module, environment, pulumi_stack, stack_settings, places):
        for name, value in {
            "LOCAL": home,
            "STACKS": home / "stacks",
            "BACKEND": home / "pulumi",
            "PASSPHRASE_FILE": home / "passphrase",
            "CLAIMS": folder / "claims",
        }.items():
            if hasattr(module, name):
                patch.setattr(module, name, value)
    return home


@pytest.fixture
def world(empty_home: Path) -> World:
    """A world that does not run."""
    empty_home.mkdir(exist_ok=True)
    ports = {"portal": 8400, "functions": 8401}
    return World("unit", "demo-unit", "europe-west2", "127.85.63.1", IPv4Network("198.51.100.252/30"), ports)
