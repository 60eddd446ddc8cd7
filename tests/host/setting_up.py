"""The copy of the project that a live host is deployed from, and the settings it gets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from local.world import LOCAL, ROOT

COPIED = ("ansible-free-deploy", "linode", "fabfile.py", "fabric.yaml")


def copy_of_the_project(folder: Path) -> Path:
    """Copy what Fabric needs of the repository, and link the worlds' folder into it; the copy's folder."""
    for name in COPIED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy2(source, target)
    (folder / LOCAL.name).symlink_to(LOCAL)
    return folder


def minimal_environment(settings: dict[str, Any]) -> str:
    """The fewest settings that Django needs, as `fab configure` reads them: no nudges."""
    domains = settings["domains"]
    variables = {
        "DJANGO_ALLOWED_HOSTS": ",".join(domains),
        "DJANGO_CSRF_TRUSTED_ORIGINS": ",".join(f"https://{name}" for name in domains),
    }
    return json.dumps({"environment": variables})
