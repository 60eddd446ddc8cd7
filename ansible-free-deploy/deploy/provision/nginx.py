"""The files of nginx that are ours: written all, then tried once, since each may need another."""

from __future__ import annotations

from deploy.provision import previous_site
from deploy.provision.operations import Operation, absent, ensure, file, together
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.templates import render

FOLDER = "/etc/nginx"
CONNECTIONS = 8192
"""A waiting request takes two, and some hundred can wait while gunicorn restarts slowly."""
LOAD = "nginx -t -q && systemctl reload-or-restart nginx"
SNIPPETS = ("headers", "maintenance", "logs", "gunicorn", "body-limits", "log-in-limit")
"""What the site's own configuration includes."""
FOR_ALL = ("access-log", "tls", "limits", "log-in", "proxy", "http")
"""What holds for every site of this nginx."""


def configuration(settings: LinodeSettings) -> Operation:
    """Every file of nginx that is ours, and what Debian's own may not say beside them."""
    named = [(f"{FOLDER}/snippets/ekklesia-{part}.conf", part) for part in SNIPPETS]
    named += [(f"{FOLDER}/conf.d/ekklesia-{part}.conf", part) for part in FOR_ALL]
    named += [(previous_site.SITE, "site")]
    parts = [
        # Debian's nginx.conf reads this folder outside any block; the setting is allowed only there.
        file(f"{FOLDER}/modules-enabled/99-ekklesia-limits.conf", "worker_rlimit_nofile 16384;\n"),
        _connections(),
        *(file(path, render(f"nginx-{part}.conf", settings)) for path, part in named),
        absent(f"{FOLDER}/sites-enabled/default"),
        previous_site.site_is_enabled(),
    ]
    return together("files of nginx", parts, then=LOAD)


def _connections() -> Operation:
    path, wanted = f"{FOLDER}/nginx.conf", f"worker_connections {CONNECTIONS};"
    widen = f"sed -i -E 's/worker_connections [0-9]+;/{wanted}/' {path}"
    return ensure("nginx holds the requests of a restart", f"grep -q '{wanted}' {path}", widen, (path,))
