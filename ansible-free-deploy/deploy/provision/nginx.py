"""How nginx takes up a change, and the files that the site's own configuration includes."""

from __future__ import annotations

from deploy.provision.operations import Operation, file
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.templates import render

RELOAD = "nginx -t -q && systemctl reload-or-restart nginx"


def snippets(settings: LinodeSettings, *parts: str) -> list[Operation]:
    """`linode/host/nginx-PART.conf`, each as a snippet. A snippet comes before what includes it."""
    return [
        file(f"/etc/nginx/snippets/ekklesia-{part}.conf", render(f"nginx-{part}.conf", settings), then=RELOAD)
        for part in parts
    ]
