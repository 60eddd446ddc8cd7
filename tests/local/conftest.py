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
    extend_path()
    folder = tmp_path / ".local"
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(
        "{name: ekklesia, runtime: python, stackConfigDir: ../.local/stacks}"
    )
    monkeypatch.setattr(pulumi_stack, "FOLDER", project)
    for module in (world_module, environment, pulumi_stack, stack_settings, places):
        for name, value in {
            "LOCAL": folder,
            "STACKS": folder / "stacks",
            "BACKEND": folder / "pulumi",
            "PASSPHRASE_FILE": folder / "passphrase",
            "CLAIMS": tmp_path / "claims",
        }.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, value)
    return folder


@pytest.fixture
def world(empty_home: Path) -> World:
    """A world that does not run."""
    empty_home.mkdir(exist_ok=True)
    ports = {"portal": 8400, "functions": 8401}
    return World("unit", "demo-unit", "europe-west2", "127.85.63.1", IPv4Network("198.51.100.252/30"), ports)
