"""The one-machine world's Pulumi project, for a folder elsewhere and with other plugins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import yaml

from local.world import ROOT

OWN_FOLDER = ROOT / "local"
"""The folder of the project file that is in the repository."""
NAME = "Pulumi.yaml"
Plugins = Mapping[str, Path | None]
"""Provider → the folder of its plugin; None means the one that Pulumi fetches."""


def write(folder: Path, plugins: Plugins, settings: Path | None = None) -> None:
    """Write the project file into a folder that is there.

    The providers that are not named stay the project's own. `settings` is the folder of the stacks' settings,
    by default the same folder.
    """
    project = yaml.safe_load((OWN_FOLDER / NAME).read_text())
    project["main"] = os.path.relpath(ROOT / "infra", folder)
    project["runtime"]["options"]["virtualenv"] = str(ROOT / ".venv")
    own = {each["name"]: OWN_FOLDER / each["path"] for each in project["plugins"]["providers"]}
    project["plugins"]["providers"] = [
        {"name": name, "path": str(path)} for name, path in {**own, **plugins}.items() if path
    ]
    project.pop("stackConfigDir")
    if settings:
        project["stackConfigDir"] = os.path.relpath(settings, folder)
    (folder / NAME).write_text(yaml.safe_dump(project))
