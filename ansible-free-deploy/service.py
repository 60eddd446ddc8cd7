"""The site's service: what runs, restarting it without losing a request, and asking it how it is."""

from __future__ import annotations

import json
import time

import layout
from errors import DeployError
from host import Host

HEALTH_SECONDS = 30.0
PAUSE_SECONDS = 0.25


def is_deployed(host: Host) -> bool:
    """Whether some release serves."""
    return host.run(f"test -e {layout.CURRENT}/RELEASE", check=False).status == 0


def restart(host: Host) -> None:
    """Restart gunicorn. Requests under way are finished, new ones wait in systemd's socket."""
    host.run(["systemctl", "restart", layout.SERVICE], what="restart of gunicorn", root=True)


def health(host: Host) -> dict[str, str]:
    """What the site says of itself, asked through nginx and TLS; `error` where it says nothing good."""
    name = host.stack.linode.domains[0]
    words = ["curl", "--silent", "--show-error", "--fail-with-body", "--max-time", "10"]
    words += ["--connect-to", f"{name}:443:127.0.0.1:443", f"https://{name}{layout.HEALTH_PATH}"]
    result = host.run(words, check=False)
    try:
        answer = json.loads(result.stdout)
        return {key: str(answer[key]) for key in ("status", "release")}
    except (ValueError, KeyError, TypeError):
        return {"error": (result.stderr or result.stdout).strip() or f"curl: status {result.status}"}


def verify(host: Host, release: str) -> None:
    """Wait until the site is well and that release answers. Raises DeployError if that does not happen."""
    deadline = time.monotonic() + HEALTH_SECONDS
    while (answer := health(host)) != {"status": "ok", "release": release}:
        if time.monotonic() > deadline:
            raise DeployError(f"release {release} does not answer well: {answer.get('error') or answer}")
        time.sleep(PAUSE_SECONDS)
