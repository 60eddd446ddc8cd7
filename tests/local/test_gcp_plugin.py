"""`PROVIDER=real`: the engine gets Google's plugin and the world's addresses, or one line says what to do."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from local import gcp_plugin, program
from local.google.real_provider import provider_variables
from local.world import REAL, ROOT, World, WorldError, stack_file

UNREACHABLE = "error: [resource plugin gcp] failed to download plugin: no such host"


@pytest.fixture
def real(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world of Google's provider."""
    monkeypatch.delenv(gcp_plugin.FOLDER_VARIABLE, raising=False)
    return replace(world, provider=REAL, ports={**world.ports, "googleapis": 8402})


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a plugin, which the variable names."""
    program_of(tmp_path / "plugin" / gcp_plugin.FILE, "exit 0")
    monkeypatch.setenv(gcp_plugin.FOLDER_VARIABLE, str(tmp_path / "plugin"))
    return tmp_path / "plugin"


def program_of(path: Path, script: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def pulumi_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A CLI that does nothing but this."""
    program_of(tmp_path / "bin" / "pulumi", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")


def project(world: World) -> dict[str, Any]:
    folder = gcp_plugin.project_folder(world)
    assert folder
    return dict(yaml.safe_load((folder / "Pulumi.yaml").read_text()))


def plugins(world: World) -> dict[str, Path]:
    return {each["name"]: Path(each["path"]) for each in project(world)["plugins"]["providers"]}


def test_our_own_plugin_is_told_nothing(world: World) -> None:
    gcp_plugin.require(world)
    assert (gcp_plugin.project_folder(world), gcp_plugin.variables(world)) == (None, {})


def test_the_named_plugin_stands_in_the_project_file(real: World, plugin: Path) -> None:
    gcp_plugin.require(real)
    assert plugins(real) == {"gcp": plugin, "command": ROOT / "local" / "provider" / "command"}
    folder = gcp_plugin.project_folder(real)
    assert folder
    assert (folder / project(real)["main"]).resolve() == ROOT / "infra"
    assert (folder / project(real)["stackConfigDir"]).resolve() == stack_file(real.name).parent


def test_without_a_name_pulumi_fetches_it(
    real: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi_that(tmp_path, monkeypatch, f'echo "$@" > {tmp_path}/asked')
    gcp_plugin.require(real)
    assert set(plugins(real)) == {"command"}
    assert f"plugin install resource gcp {gcp_plugin.VERSION}" in (tmp_path / "asked").read_text()


def test_a_plugin_that_cannot_be_fetched_is_one_line(
    real: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi_that(tmp_path, monkeypatch, f"echo retry >&2; echo '{UNREACHABLE}' >&2; exit 255")
    with pytest.raises(WorldError, match="no such host") as caught:
        gcp_plugin.require(real)
    message = str(caught.value)
    assert "\n" not in message
    assert f"`pulumi plugin install resource gcp {gcp_plugin.VERSION}`" in message
    assert gcp_plugin.FOLDER_VARIABLE in message


def test_a_folder_without_a_plugin_is_one_line(real: World, plugin: Path) -> None:
    (plugin / gcp_plugin.FILE).unlink()
    with pytest.raises(WorldError, match="no program pulumi-resource-gcp"):
        gcp_plugin.require(real)


def test_the_engine_is_told_each_address(
    real: World, plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gcp_plugin.require(real)
    pulumi_that(tmp_path, monkeypatch, f'echo "$@" > {tmp_path}/asked; env > {tmp_path}/told')
    program.bring_up(real, lambda _line: None)
    assert f"-C {gcp_plugin.project_folder(real)} " in (tmp_path / "asked").read_text()
    told = set((tmp_path / "told").read_text().splitlines())
    assert {f"{name}={value}" for name, value in provider_variables(real).items()} <= told
