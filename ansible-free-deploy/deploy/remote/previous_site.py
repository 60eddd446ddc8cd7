"""The previous site of a host: one that was built by hand and served before any release did.

Provisioning sets it aside (`provision/previous_site.py`), the first deploy takes over from it
(`release/handover.py`). What both have to know of it is here.
"""

from __future__ import annotations

import json

from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.verbs import ask

SERVES = f"{layout.PREVIOUS_SITE}/serves"
"""A file that is there while nginx leads to the previous site."""
UNNAMED = (
    "this host serves a site that was built by hand: name its database in the setting previousSite.database"
)


def serves(host: Host) -> bool:
    """Whether nginx leads to the previous site."""
    return bool(_told(host)["serves"])


def is_set_aside(host: Host) -> bool:
    """Whether there is a previous site on the host, serving or not."""
    return bool(_told(host)["set_aside"])


def require_name(host: Host) -> str:
    """The database of the previous site. Raises DeployError if the settings do not name it."""
    if not host.stack.linode.previous_site:
        raise DeployError(UNNAMED)
    return host.stack.linode.previous_site.database


def _told(host: Host) -> dict[str, bool]:
    return dict(json.loads(ask(host, "previous-site", what="previous site").stdout))
