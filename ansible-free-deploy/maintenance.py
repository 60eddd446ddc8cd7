"""The closed sign: nginx answers everybody 503 from a file of its own, until it is taken away.

It is a file on the host, so it stays through a reboot, a deploy and a restore, none of which it hinders: the
host itself is let in. The sync waits and comes back (`Retry-After`).
"""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime

import layout
from errors import DeployError
from host import Host
from host_operations import Operation, directory, file
from service import ANSWER_SECONDS
from stack_file import LinodeSettings
from templates import render

PAGES = "/usr/local/share/ekklesia"
SNIPPET = "/etc/nginx/snippets/ekklesia-maintenance.conf"
CLOSED = "503"
RELOAD = "nginx -t -q && systemctl reload-or-restart nginx"


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """What nginx needs for it; the site's own configuration includes the snippet."""
    names = ("maintenance.html", "maintenance.json")
    pages = [file(f"{PAGES}/{name}", render(name, settings)) for name in names]
    snippet = file(SNIPPET, render("nginx-maintenance.conf", settings), then=RELOAD)
    return [directory(PAGES), *pages, snippet]


def close(host: Host, reason: str) -> None:
    """Close the site. Raises DeployError, with nothing changed, where nginx does not heed the sign."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    sign = {"since": now, "who": getpass.getuser(), "reason": reason}
    write = f"cat > {layout.MAINTENANCE}.new && mv {layout.MAINTENANCE}.new {layout.MAINTENANCE}"
    host.run(write, content=json.dumps(sign), what="maintenance")
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
        sign = json.loads(host.run(["cat", layout.MAINTENANCE], check=False).stdout)
        return "on since {since} by {who}".format(**sign) + (f": {sign['reason']}" if sign["reason"] else "")
    except (ValueError, KeyError, TypeError):
        return "on"


def _answer_to_the_world(host: Host) -> str:
    """The status that nginx gives to a request that does not come from the host's own loopback."""
    name = host.stack.linode.domains[0]
    address = "$(hostname --all-ip-addresses | cut -d' ' -f1)"
    words = f"curl --silent --output /dev/null --write-out '%{{http_code}}' --max-time {ANSWER_SECONDS}"
    asked = f'{words} --connect-to "{name}:443:{address}:443" https://{name}/admin/login/'
    return host.run(asked, check=False).stdout.strip()
