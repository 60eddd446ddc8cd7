"""What nginx needs to show its own pages. `remote/maintenance.py` turns the maintenance page on and off."""

from __future__ import annotations

from deploy.provision.operations import Operation, directory, file
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.templates import render

PAGES = "/usr/local/share/ekklesia"


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """The pages, and their folder."""
    names = ("maintenance.html", "maintenance.json", "too-many-requests.html")
    pages = [file(f"{PAGES}/{name}", render(name, settings)) for name in names]
    return [directory(PAGES), *pages]
