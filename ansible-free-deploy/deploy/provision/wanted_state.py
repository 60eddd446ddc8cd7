"""The state that a host is brought to, as operations in the order in which they are applied."""

from __future__ import annotations

from deploy.provision import (
    access,
    backup_program,
    body_limits,
    certificate,
    database,
    egress,
    host_program,
    maintenance_page,
    nginx,
    previous_site,
)
from deploy.provision.operations import Operation, absent, directory, ensure, file, packages, unit, user
from deploy.provision.secrets import host_secrets
from deploy.remote import layout
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.templates import packages as package_names
from deploy.remote.templates import render

NGINX_CONNECTIONS = 8192
"""A waiting request takes two, and some hundred can wait while gunicorn restarts slowly."""


def entry_state(settings: LinodeSettings) -> list[Operation]:
    """Whose keys let in, and how sshd is set. Whether they do is tried before anything else is done."""
    return [*previous_site.known(settings), *access.keys_state(settings), *_sshd(settings)]


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """Everything but the two users, their entry, the firewall and what comes after it, in order."""
    return [
        packages(_packages(settings)),
        *_accounts(settings),
        *host_program.wanted_state(settings),
        *egress.wanted_state(settings),
        *previous_site.wanted_state(settings),
        *_upkeep(settings),
        *host_secrets(),
        *database.wanted_state(),
        *backup_program.wanted_state(settings),
        *_application(settings),
        *certificate.wanted_state(settings),
        *nginx.snippets(settings, "headers"),
        *maintenance_page.wanted_state(settings),
        *body_limits.wanted_state(settings),
        *_web_server(settings),
    ]


def last_state(settings: LinodeSettings) -> list[Operation]:
    """What needs the firewall of these settings, and what takes the last rights away."""
    return [*certificate.acme_state(settings), *host_program.sudo_state(settings)]


def _packages(settings: LinodeSettings) -> list[str]:
    """A PostgreSQL server that is there already stays the only one; its clients are needed all the same."""
    if settings.postgresql == "debian":
        return package_names()
    return ["postgresql-client" if name == "postgresql" else name for name in package_names()]


def _accounts(settings: LinodeSettings) -> list[Operation]:
    deployer = settings.user
    own = [layout.RELEASES, layout.ENVIRONMENTS, layout.SHARED]
    return [
        user(layout.APP_USER, system=True),
        *(directory(path) for path in (layout.BASE, layout.LOCKS)),
        file(layout.RUNNING, "", owner=deployer, group=deployer),
        *(directory(path, owner=deployer, group=deployer) for path in own),
        *(_owned(path, deployer) for path in own),
        directory(layout.BACKUPS, mode="700"),
        directory(layout.MEDIA, mode="750", owner=layout.APP_USER, group=layout.APP_USER),
        directory(layout.CONFIGURATION, mode="750", group=layout.APP_USER),
    ]


def _sshd(settings: LinodeSettings) -> list[Operation]:
    reload = "systemctl reload ssh"
    return [
        file(
            access.SSHD,
            render("sshd.conf", settings),
            check=f'sshd -t -f "$NEW" && {access.are_readable(settings)}',
            then=f"sshd -t && {reload}",
        )
    ]


def _upkeep(settings: LinodeSettings) -> list[Operation]:
    return [
        file("/etc/apt/apt.conf.d/52ekklesia", render("unattended-upgrades.conf", settings)),
        directory("/etc/systemd/journald.conf.d"),
        file(
            "/etc/systemd/journald.conf.d/ekklesia.conf",
            render("journald.conf", settings),
            then="systemctl restart systemd-journald",
        ),
        unit("unattended-upgrades.service", running=False),
        # A virtual machine keeps its own time; in a container the unit leaves it to the machine outside.
        unit("systemd-timesyncd.service", running=False),
    ]


def _application(settings: LinodeSettings) -> list[Operation]:
    units = "/etc/systemd/system"
    reload = "systemctl daemon-reload"
    restart = f"{reload} && systemctl try-restart {layout.SERVICE}"
    return [
        file(layout.GUNICORN_HOOKS, render("gunicorn_hooks.py", settings)),
        file(f"{units}/gunicorn.service", render("gunicorn.service", settings), then=restart),
        file(f"{units}/gunicorn.socket", render("gunicorn.socket", settings), then=reload),
        unit(layout.SOCKET),
        # Its socket starts it; enabled beside that, it is warm after a reboot.
        unit(layout.SERVICE, running=False),
    ]


def _web_server(settings: LinodeSettings) -> list[Operation]:
    folder = "/etc/nginx"
    reload = nginx.RELOAD
    site = f"{folder}/sites-available/ekklesia"
    connections = f"worker_connections {NGINX_CONNECTIONS};"
    widen = f"sed -i -E 's/worker_connections [0-9]+;/{connections}/' {folder}/nginx.conf && {reload}"
    return [
        directory("/var/www/acme"),
        # Debian's nginx.conf reads this folder outside any block; the setting is allowed only there.
        file(
            f"{folder}/modules-enabled/99-ekklesia-limits.conf", "worker_rlimit_nofile 16384;\n", then=reload
        ),
        ensure(
            "nginx holds the requests of a restart", f"grep -q '{connections}' {folder}/nginx.conf", widen
        ),
        *nginx.snippets(settings, "logs"),
        *(
            file(f"{folder}/conf.d/ekklesia-{part}.conf", render(f"nginx-{part}.conf", settings), then=reload)
            for part in ("access-log", "tls", "limits", "log-in", "proxy", "http")
        ),
        *nginx.snippets(settings, "gunicorn", "body-limits", "log-in-limit"),
        absent(f"{folder}/sites-enabled/default"),
        file(site, render("nginx-site.conf", settings), then=reload),
        previous_site.site_is_enabled(then=reload),
        unit("nginx.service"),
    ]


def _owned(folder: str, owner: str) -> Operation:
    """Everything in a folder belongs to a user, as before somebody worked there as root.

    That user can exchange folders for links meanwhile, so each file is named in its own folder (`-execdir`).
    """
    foreign = f"find {folder} -xdev ! -user {owner}"
    chown = f"-execdir chown --no-dereference {owner}:{owner} {{}} +"
    found = f'[ -z "$({foreign} -print -quit)" ]'
    return ensure(f"{folder} is {owner}'s", found, rf"{foreign} \( -type d -o -links 1 \) {chown}")
