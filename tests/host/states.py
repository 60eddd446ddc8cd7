"""What a host is made to be for a while, and is not any more afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import yaml

from deploy.remote.linode_settings import SECTION
from local.world import stack_file
from tests.host.live_host import LiveHost


@contextmanager
def told_otherwise(host: LiveHost, **settings: object) -> Iterator[None]:
    """The stack's file says something else of the host."""
    path = stack_file(host.world.name)
    former = path.read_text()
    content = yaml.safe_load(former)
    content["config"][SECTION] |= settings
    path.write_text(yaml.safe_dump(content))
    try:
        yield
    finally:
        path.write_text(former)


@contextmanager
def closed(host: LiveHost, reason: str = "") -> Iterator[None]:
    """The site with its maintenance page on."""
    assert host.fab("maintenance", "on", f"--reason={reason}").status == 0
    try:
        yield
    finally:
        assert host.fab("maintenance", "off").status == 0
