"""Writes the machine's settings into the host: network, certificate authorities, ways to packages.

They are about the machine, not about Ekklesia: `fab` finds a Debian that can reach its archives, as a Linode
can, and does not know this module.
"""

from __future__ import annotations

import configparser
import re
import shutil
from hashlib import sha256
from pathlib import Path

from local.linode.certificates import system_bundle
from local.linode.image import apt_settings
from local.linode.machine import Machine, run
from local.linode.network import INSIDE

CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
GUEST_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
GUEST_PIP_CACHE = "/var/cache/pip"
SERVER_CERTIFICATE = "etc/ssl/ekklesia"
"""The host's folder for a certificate that somebody else renews (setting `certificate: files`)."""

NETWORK = """\
[Match]
Name={inside}

[Network]
Address={address}/{prefix}
Gateway={gateway}
"""


def write_guest_settings(machine: Machine, root: Path) -> None:
    """Write all settings into the host's file system. Writing them again changes nothing."""
    _write(root / "etc/hostname", f"{machine.world.name}\n")
    _write(root / "etc/hosts", f"127.0.0.1 localhost {machine.world.name}\n::1 localhost\n")
    _write_network(machine, root)
    _write_package_settings(root)
    _write_server_certificate(machine, root)
    _trust(machine, root)


def _write_network(machine: Machine, root: Path) -> None:
    world = machine.world
    text = NETWORK.format(
        inside=INSIDE,
        address=world.host_address,
        prefix=world.host_network.prefixlen,
        gateway=world.outside_address,
    )
    _write(root / f"etc/systemd/network/10-{INSIDE}.network", text)
    _link(
        root / "etc/systemd/system/multi-user.target.wants/systemd-networkd.service",
        "systemd-networkd.service",
    )


def _write_package_settings(root: Path) -> None:
    _write(root / "etc/apt/apt.conf.d/90machine", apt_settings())
    settings = configparser.ConfigParser(interpolation=None)
    settings.read("/etc/pip.conf")
    if not settings.has_section("global"):
        settings.add_section("global")
    settings["global"].update({"cert": GUEST_BUNDLE, "cache-dir": GUEST_PIP_CACHE})
    with (root / "etc/pip.conf").open("w") as stream:
        settings.write(stream)


def _write_server_certificate(machine: Machine, root: Path) -> None:
    folder = root / SERVER_CERTIFICATE
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    for source, name in (("host.pem", "fullchain.pem"), ("host-key.pem", "privkey.pem")):
        # A host with a certificate by ACME has a link there, which from here would lead out of the host.
        if not (folder / name).is_symlink():
            shutil.copy2(machine.tls / source, folder / name)


def _trust(machine: Machine, root: Path) -> None:
    """Trust the world's authority, and those that the machine trusts besides Debian's (a company's proxy)."""
    folder = root / "usr/local/share/ca-certificates"
    extra = _authorities(system_bundle()) - _authorities(root / GUEST_BUNDLE[1:])
    wanted = {"world.crt": (machine.tls / "ca.pem").read_text()}
    wanted |= {f"machine-{sha256(pem.encode()).hexdigest()[:8]}.crt": f"{pem}\n" for pem in extra}
    written = [_write(folder / name, pem) for name, pem in wanted.items()]
    if any(written):
        run("chroot", str(root), "update-ca-certificates")


def _authorities(bundle: Path) -> set[str]:
    return set(CERTIFICATE.findall(bundle.read_text()))


def _write(path: Path, text: str) -> bool:
    """Write a file if its text is another; return whether it was."""
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return True


def _link(path: Path, unit: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_symlink():
        path.symlink_to(f"/lib/systemd/system/{unit}")
