"""By which of Pulumi's plugins a world's Google resources are made: our own, or Google's (`PROVIDER=real`).

Google's is fetched by Pulumi, in the version of the Python library in the lock file, or is in a folder that
`EKKLESIA_GCP_PLUGIN` names. It is told the world's addresses by variables (`google/real_provider.py`).
"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

from local import project_file, pulumi_stack
from local.google.real_provider import provider_variables
from local.world import REAL, World, WorldError, stack_file

VERSION = version("pulumi-gcp")
FILE = "pulumi-resource-gcp"
FOLDER_VARIABLE = "EKKLESIA_GCP_PLUGIN"
INSTALL = ("plugin", "install", "resource", "gcp", VERSION)


def require(world: World) -> None:
    """Have the world's plugin, and write its project file. Raises WorldError if it cannot be had."""
    if world.provider != REAL:
        return
    if _named() is None:
        _fetch()
    _folder(world).mkdir(parents=True, exist_ok=True)
    project_file.write(_folder(world), {"gcp": _named()}, settings=stack_file(world.name).parent)


def project_folder(world: World) -> Path | None:
    """The folder of the project file with which the world is brought up; None means the repository's."""
    return _folder(world) if world.provider == REAL else None


def variables(world: World) -> dict[str, str]:
    """What Pulumi's environment has beside its own variables."""
    return provider_variables(world) if world.provider == REAL else {}


def _folder(world: World) -> Path:
    return world.state / "real-provider"


def _named() -> Path | None:
    """The folder that the variable names. Raises WorldError if the plugin is not in it."""
    if not (named := os.environ.get(FOLDER_VARIABLE)):
        return None
    folder = Path(named).resolve()
    if not os.access(folder / FILE, os.X_OK):
        raise WorldError(f"{FOLDER_VARIABLE}={named}: there is no program {FILE} in that folder")
    return folder


def _fetch() -> None:
    try:
        pulumi_stack.pulumi(*INSTALL)
    except pulumi_stack.PulumiError as error:
        reason = str(error).splitlines()[-1]
        raise WorldError(
            f"Google's provider {VERSION} is not here, and Pulumi cannot fetch it ({reason}): run "
            f"`pulumi {' '.join(INSTALL)}` where it can, or name the plugin's folder in {FOLDER_VARIABLE}"
        ) from None
