"""A repository of this machine's own for each test: no real world, stack or claim is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from local import environment, places, pulumi_stack, stack_settings, world
from local.environment import extend_path


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
    for module in (world, environment, pulumi_stack, stack_settings, places):
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
