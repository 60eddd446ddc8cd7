"""What nginx shows for a body that is too large: a page for each limit, which names it."""

from __future__ import annotations

from deploy.provision.maintenance_page import PAGES
from deploy.provision.operations import Operation, file
from deploy.remote import body_limits
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.templates import render


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """The pages, for people and for the API's callers."""
    return [
        file(f"{PAGES}/too-large-{size}.{form}", render(f"too-large.{form}", settings, megabytes=size))
        for size in body_limits.load().sizes
        for form in ("html", "json")
    ]
