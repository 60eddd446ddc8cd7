"""Has the host write one of its files, whose content comes from outside; the host's program checks it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from deploy.remote.host import Host
from deploy.remote.steps import Steps
from deploy.remote.verbs import ask

CHANGED = "changed"
"""What the host says if a file was another."""


def write(host: Host, verb: str, path: str, content: Mapping[str, str], steps: Steps) -> bool:
    """Have the verb write its file; whether that changed it."""
    with steps.step(path) as outcome:
        changed = ask(host, verb, what=path, content=json.dumps(content)).stdout.strip() == CHANGED
        if changed:
            outcome.changed()
        return changed
