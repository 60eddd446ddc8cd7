"""The way out: a proxy of the host's own, which goes to a list of names; the firewall lets nobody else out.

Names, because the addresses of what the host needs change. `nftables.conf` says who may go out by what port.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from deploy.provision.operations import Operation, directory, ensure, file, unit, user
from deploy.remote import layout
from deploy.remote.linode_settings import LinodeSettings, MailSettings
from deploy.remote.templates import render

UNIT = f"{layout.EGRESS_USER}.service"
NAMES = f"{layout.EGRESS}/names"
CONFIGURED = f"{layout.EGRESS}/names.configured"
"""What `fab configure` adds: Google's names in the settings that the cloud decides."""
NEEDED = (
    "deb.debian.org",
    "security.debian.org",
    "mirrors.linode.com",
    "pypi.org",
    "files.pythonhosted.org",
    "iamcredentials.googleapis.com",
    "storage.googleapis.com",
    "sts.googleapis.com",
)
"""Where Debian's and Python's packages come from, and where copies of backups go."""
OWN_SERVICE = "tinyproxy.service"
"""Debian's package starts one of its own, with other settings."""
HTTP, HTTPS = 80, 443


def names(settings: LinodeSettings) -> list[str]:
    """The names that the proxy goes to, besides those of `fab configure`."""
    authority = urlsplit(settings.acme.directory).hostname if settings.certificate == "acme" else None
    return sorted(
        {
            *NEEDED,
            *settings.egress.names,
            *filter(None, [authority]),
            *(mail.host for mail in _mail(settings)),
        }
    )


def ports(settings: LinodeSettings) -> list[int]:
    """The ports that it goes to: those of the web, of the certificate authority, and of the mail server."""
    authority = urlsplit(settings.acme.directory).port if settings.certificate == "acme" else None
    return sorted({HTTP, HTTPS, *filter(None, [authority]), *(mail.port for mail in _mail(settings))})


def _mail(settings: LinodeSettings) -> list[MailSettings]:
    """The mail server, unless it is on the host itself."""
    return [] if settings.mail is None or settings.mail.is_local else [settings.mail]


def pattern(name: str) -> str:
    """A line of the proxy's list: that name alone."""
    return f"^{name.replace('.', '[.]')}$\n"


def wanted_state(settings: LinodeSettings) -> list[Operation]:
    """The proxy runs as a user of its own, and apt and certbot use it."""
    again = f"systemctl daemon-reload && systemctl try-restart {UNIT}"
    configuration = render("tinyproxy.conf", settings, ports=ports(settings))
    return [
        user(layout.EGRESS_USER, system=True),
        ensure(
            f"{OWN_SERVICE} is off",
            f"{{ ! systemctl -q is-active {OWN_SERVICE} && ! systemctl -q is-enabled {OWN_SERVICE}; }}",
            f"systemctl disable --quiet --now {OWN_SERVICE}",
        ),
        directory(layout.EGRESS),
        ensure(CONFIGURED, f"[ -e {CONFIGURED} ]", f"umask 022; touch {CONFIGURED}"),
        file(f"/etc/systemd/system/{UNIT}", render("egress.service", settings), then=again),
        file(f"{layout.EGRESS}/tinyproxy.conf", configuration, then=again),
        file(NAMES, "".join(map(pattern, names(settings))), then=again),
        unit(UNIT),
        *_package_sources(),
        file("/etc/apt/apt.conf.d/53ekklesia-egress", render("apt-egress.conf", settings)),
    ]


def _package_sources() -> list[Operation]:
    """Every archive that apt is told of is in the list."""
    hosts = "apt-get indextargets --format '$(SITE)' | sed -E 's|^[a-z+]+://||; s|[:/].*||' | sort -u"
    missing = f'{hosts} | while read -r name; do echo "$name" | grep -qEf {NAMES} || echo "$name"; done'
    complain = (
        f"echo \"apt's archives are not in egress.names of the stack's file: $({missing})\" >&2; exit 1"
    )
    return [ensure("apt's archives can be reached", f'[ -z "$({missing})" ]', complain)]
