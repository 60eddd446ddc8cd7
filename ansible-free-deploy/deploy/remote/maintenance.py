"""The maintenance page: while it is on, nginx answers everybody 503 from a file of its own.

It is on while a file is there on the host, so it stays through a reboot, a deploy and a restore. It hinders
none of these: the host itself is let in. The sync waits and comes back (`Retry-After`).
"""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime

from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.service import ANSWER_SECONDS

CLOSED = "503"


def close(host: Host, reason: str) -> None:
    """Close the site. Raises DeployError, with nothing changed, if nginx does not show the page."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    content = {"since": now, "who": getpass.getuser(), "reason": reason}
    write = f"cat > {layout.MAINTENANCE}.new && mv {layout.MAINTENANCE}.new {layout.MAINTENANCE}"
    host.run(write, content=json.dumps(content), what="maintenance")
    if (answer := _answer_to_the_world(host)) != CLOSED:
        open_again(host)
        raise DeployError(f"nginx answered {answer} instead of {CLOSED}: run `fab provision` first")


def open_again(host: Host) -> bool:
    """Open the site; whether it was closed."""
    was_closed = is_closed(host)
    host.run(["rm", "-f", layout.MAINTENANCE], what="maintenance")
    return was_closed


def is_closed(host: Host) -> bool:
    """Whether the site is closed."""
    return host.run(["test", "-e", layout.MAINTENANCE], check=False).status == 0


def describe(host: Host) -> str:
    """`off`, or since when, by whom and why, in words."""
    if not is_closed(host):
        return "off"
    try:
        found = json.loads(host.run(["cat", layout.MAINTENANCE], check=False).stdout)
        told = "on since {since} by {who}".format(**found)
        return told + (f": {found['reason']}" if found["reason"] else "")
    except (ValueError, KeyError, TypeError):
        return "on"


def _answer_to_the_world(host: Host) -> str:
    """The status that nginx gives to a request that does not come from the host's own loopback."""
    name = host.stack.linode.domains[0]
    address = "$(hostname --all-ip-addresses | cut -d' ' -f1)"
    words = f"curl --silent --output /dev/null --write-out '%{{http_code}}' --max-time {ANSWER_SECONDS}"
    asked = f'{words} --connect-to "{name}:443:{address}:443" https://{name}/admin/login/'
    return host.run(asked, check=False).stdout.strip()
