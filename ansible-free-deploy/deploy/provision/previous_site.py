"""Setting the previous site aside: it goes on serving until a release does.

Its gunicorn has the names that ours needs. Provisioning gives it other ones, one instance answering until the
other does.
"""

from __future__ import annotations

from deploy.provision.operations import Operation, ensure
from deploy.remote import layout
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.previous_site import SERVES, UNNAMED
from deploy.remote.templates import render

ENABLED = "/etc/nginx/sites-enabled/ekklesia"
SITE = "/etc/nginx/sites-available/ekklesia"
UNIT = f"/etc/systemd/system/{layout.SERVICE}"
BESIDE_OURS = f"{{ [ ! -e {UNIT} ] || grep -q {layout.BASE}/ {UNIT}; }}"
"""Succeeds if no unit of another site has the name of ours."""


def known(settings: LinodeSettings) -> list[Operation]:
    """Before anything else: a site on the host is ours, or the settings name it."""
    if settings.previous_site:
        return []
    return [ensure("no unknown site", BESIDE_OURS, f"echo '{UNNAMED}' >&2; exit 1")]


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """The previous site has names of its own, and serves."""
    if not settings.previous_site:
        return []
    return [
        ensure("the previous site is set aside", BESIDE_OURS, render("previous-site-set-aside.sh", settings))
    ]


def site_is_enabled() -> Operation:
    """Nginx serves our site, unless the previous one still serves."""
    condition = f'[ -e {SERVES} ] || [ "$(readlink {ENABLED})" = {SITE} ]'
    return ensure(ENABLED, f"{{ {condition}; }}", f"ln -sfn {SITE} {ENABLED}", (ENABLED,))
