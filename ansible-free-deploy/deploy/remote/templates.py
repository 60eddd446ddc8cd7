"""Renders the files of `linode/host/`, which are Jinja templates, for one stack's host."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deploy.remote import layout
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.stack_file import ROOT

FOLDER = ROOT / "linode" / "host"


def render(name: str, settings: LinodeSettings) -> str:
    """One template with the stack's settings (`linode`) and the host's layout (`layout`) filled in."""
    # Configuration files, not HTML: escaping would spoil them. The settings have strict forms instead.
    environment = Environment(  # noqa: S701  # nosec B701
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template(name).render(linode=settings, layout=layout)


def packages(folder: Path = FOLDER) -> list[str]:
    """The Debian packages that a host needs."""
    lines = (folder / "packages.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
