"""Google's Firestore emulator: a jar that gcloud or the Firebase CLI brings."""

from __future__ import annotations

import shutil

from local.services import emulator_tools
from local.toolchain.tool import Tool, ToolMissingError, run_logged


def find() -> str | None:
    """The jar."""
    try:
        return str(emulator_tools.firestore_jar())
    except emulator_tools.ToolMissingError:
        return None


def install() -> str:
    """Ask gcloud for its component; only Google gives this jar out."""
    gcloud = shutil.which("gcloud")
    if not gcloud:
        raise ToolMissingError(
            "install gcloud (https://cloud.google.com/sdk/docs/install) or the Firebase CLI"
            " (`firebase setup:emulators:firestore`), and run this again"
        )
    component = "cloud-firestore-emulator"
    run_logged(component, [gcloud, "components", "install", component, "--quiet"])
    emulator_tools.firestore_jar.cache_clear()
    found = find()
    if not found:
        raise ToolMissingError(f"`gcloud components install {component}` brought no emulator")
    return f"installed {found} with gcloud"


TOOL = Tool("firestore emulator", "the database that members and functions use", find, install)
