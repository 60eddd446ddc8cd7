"""States of a host that last for a block and are undone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import yaml

from deploy.remote.linode_settings import SECTION
from local.world import stack_file
from tests.host.live_host import LiveHost


@contextmanager
def changed_settings(host: LiveHost, **settings: object) -> Iterator[None]:
    """Change the host's settings in the stack's file."""
    path = stack_file(host.world.name)
    original = path.read_text()
    content = yaml.safe_load(original)
    content["config"][SECTION] |= settings
    path.write_text(yaml.safe_dump(content))
    try:
        yield
    finally:
        path.write_text(original)


@contextmanager
def closed(host: LiveHost, reason: str = "") -> Iterator[None]:
    """Turn the maintenance page on."""
    assert host.fab("maintenance", "on", f"--reason={reason}").status == 0
    try:
        yield
    finally:
        assert host.fab("maintenance", "off").status == 0
