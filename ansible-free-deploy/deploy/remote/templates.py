"""Renders the files of `linode/host/`, which are Jinja templates, for one stack's host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deploy.remote import body_limits, layout
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.stack_file import ROOT

FOLDER = ROOT / "linode" / "host"


def render(name: str, settings: LinodeSettings, **more: Any) -> str:
    """One template with these values filled in: the stack's settings (`linode`), the host's `layout`,
    the `body_limits`, and `more` that only this template needs.
    """
    # Configuration files, not HTML: escaping would spoil them. The settings have strict forms instead.
    environment = Environment(  # noqa: S701  # nosec B701
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, keep_trailing_newline=True
    )
    values = {"linode": settings, "layout": layout, "body_limits": body_limits.load(), **more}
    return environment.get_template(name).render(values)


def packages(folder: Path = FOLDER) -> list[str]:
    """The Debian packages that a host needs."""
    lines = (folder / "packages.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
