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
from deploy.provision.operations import (
    CONFIGURE,
    Operation,
    can_be_written,
    directory,
    ensure,
    file,
    no_lock_of_apt,
    packages,
    unit,
    user,
)
from deploy.provision.secrets import host_secrets
from deploy.remote import layout
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.previous_site import SERVES
from deploy.remote.templates import packages as package_names
from deploy.remote.templates import render

TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108  # nosec B108 (their modes are set, nothing is written there)
LOCALHOST = r"grep -Eqs '^127\.0\.0\.1[[:space:]](.*[[:space:]])?localhost' /etc/hosts"
"""The question that the host's program asks, too (`linode/host/ekklesia_host/checks.py`)."""
WRITTEN = (layout.BASE, layout.DATABASE_FILES, "/var/log", "/etc")


def entry_state(settings: LinodeSettings) -> list[Operation]:
    """Whose keys let in, and how sshd is set. Whether they do is tried before anything else is done."""
    return [*previous_site.known(settings), *access.keys_state(settings), *_sshd(settings)]


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """Everything but the two users, their entry, the firewall and what comes after it, in order."""
    return [
        *_ground(),
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
        *maintenance_page.wanted_state(settings),
        *body_limits.wanted_state(settings),
        *_web_server(settings),
        *_serving(),
    ]


def _ground() -> list[Operation]:
    """What every program takes for granted."""
    append = r"printf '127.0.0.1 localhost\n127.0.1.1 %s\n' $(hostname) >> /etc/hosts"
    return [
        *(can_be_written(folder) for folder in WRITTEN),
        *(directory(path, mode="1777") for path in TEMPORARY),
        ensure("localhost has an address", LOCALHOST, append),
        no_lock_of_apt(),
        ensure("dpkg was not interrupted", '[ -z "$(dpkg --audit)" ]', CONFIGURE),
    ]


def _serving() -> list[Operation]:
    """What is deployed runs, and with the secrets that are there now. If it cannot, provisioning goes on."""
    name, secrets = layout.SERVICE, layout.HOST_ENVIRONMENT
    active = f"systemctl --quiet is-active {name}"
    began = f'date -d "$(systemctl show --property=ActiveEnterTimestamp --value {name})" +%s'
    is_newer = f'[ "$({began})" -ge "$(stat --format=%Y {secrets})" ]'
    nothing = f"[ ! -e {layout.CURRENT}/backend ] || [ -e {SERVES} ]"
    return [
        ensure(f"{name} runs", f"{{ {active} || {nothing}; }}", f"systemctl start --no-block {name}"),
        ensure(
            f"{name} has these secrets",
            f"{{ ! {active} || {is_newer}; }}",
            f"systemctl try-restart {name} || true",
        ),
    ]


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
        _owned(layout.MEDIA, layout.APP_USER),
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
        file(
            f"{units}/{layout.MAIL_SERVICE}",
            render("mail.service", settings),
            then=f"{reload} && systemctl try-restart {layout.MAIL_SERVICE}",
        ),
        unit(layout.SOCKET),
        # Its socket starts it; enabled beside that, it is warm after a reboot.
        unit(layout.SERVICE, running=False),
        # It starts and stops with the site, for it is the same release.
        unit(layout.MAIL_SERVICE, running=False),
    ]


def _web_server(settings: LinodeSettings) -> list[Operation]:
    return [
        directory("/var/www/acme"),
        # One that is masked could not load its files.
        unit("nginx.service", running=False),
        nginx.configuration(settings),
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
