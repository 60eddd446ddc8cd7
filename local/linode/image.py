"""Builds the bare Debian from which every host starts. It is built once and lies below each host's changes.

It has what a fresh Linode has, and in apt's archive the packages that `fab provision` installs, so that a new
host downloads nothing. Folder: `~/.cache/ekklesia/debian-RELEASE-HASH`; HASH is that of the recipe below.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from local.exclusive import exclusively
from local.linode.machine import LinodeError, run
from local.whole_file import remove_leftovers, whole_folder
from local.world import CACHE, ROOT

Report = Callable[[str], None]

FALLBACK_RELEASE = "bookworm"
MIRROR = os.environ.get("EKKLESIA_DEBIAN_MIRROR", "http://deb.debian.org/debian")
SECURITY_MIRROR = os.environ.get("EKKLESIA_DEBIAN_SECURITY_MIRROR", "http://deb.debian.org/debian-security")
PACKAGES = [
    "apt-utils",
    "ca-certificates",
    "curl",
    "dbus",
    "iproute2",
    "less",
    "locales",
    "logrotate",
    "openssh-server",
    "procps",
    "python3",
    "sudo",
    "systemd",
    "systemd-sysv",
]
PROVISIONED = ROOT / "linode" / "host" / "packages.txt"
RECIPE_VERSION = 1
LOG_LINES = 3


def ensure_image(report: Report) -> Path:
    """The folder of the base image, which is built if it is missing. Two builders wait for each other."""
    target = image_path()
    with exclusively(target.with_suffix(".lock")):
        if not target.exists():
            report("building the Debian base image (once; about two minutes)")
            _build(target)
    return target


def image_path() -> Path:
    """The folder of the image of the present recipe."""
    recipe = [RECIPE_VERSION, debian_release(), PACKAGES, provisioned_packages()]
    digest = sha256(json.dumps(recipe).encode()).hexdigest()[:12]
    return CACHE / f"debian-{debian_release()}-{digest}"


def debian_release() -> str:
    """The machine's Debian release, or a fixed one on another system."""
    try:
        about = platform.freedesktop_os_release()
    except OSError:
        return FALLBACK_RELEASE
    return (
        about.get("VERSION_CODENAME", FALLBACK_RELEASE) if about.get("ID") == "debian" else FALLBACK_RELEASE
    )


def provisioned_packages() -> list[str]:
    """The packages that `fab provision` installs, from its own list."""
    lines = PROVISIONED.read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _build(target: Path) -> None:
    """Build beside the target and rename, so that a killed build leaves nothing that looks like an image."""
    remove_leftovers(target)
    log = target.with_suffix(".log")
    # minbase plus these names, since nobody uses what debootstrap's default adds (cron, nano, tasksel …).
    include = f"--include={','.join(PACKAGES)}"
    with whole_folder(target) as made:
        _logged(log, "debootstrap", "--variant=minbase", include, debian_release(), str(made), MIRROR)
        _write_sources(made)
        _download_packages(made, log)
        _make_anonymous(made)
        made.chmod(0o755)


def _write_sources(root: Path) -> None:
    release = debian_release()
    (root / "etc/apt/sources.list").write_text(
        f"deb {MIRROR} {release} main\n"
        f"deb {MIRROR} {release}-updates main\n"
        f"deb {SECURITY_MIRROR} {release}-security main\n"
    )


def _download_packages(root: Path, log: Path) -> None:
    """Fill apt's archive. Meanwhile the image has the machine's resolver and apt settings."""
    resolver = root / "etc/resolv.conf"
    shutil.copy("/etc/resolv.conf", resolver)
    settings = root / "etc/apt/apt.conf.d/90machine"
    settings.write_text(apt_settings())
    _logged(log, "chroot", str(root), "apt-get", "update")
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes"]
    _logged(log, "chroot", str(root), *quiet, "dist-upgrade")
    _logged(log, "chroot", str(root), *quiet, "--download-only", "install", *provisioned_packages())
    resolver.unlink()
    settings.unlink()


def apt_settings() -> str:
    """The machine's settings for package archives (proxies, checks), in apt's format."""
    lines = (
        run("apt-config", "dump", "--format", '%F "%v";%n', "Acquire") if shutil.which("apt-config") else ""
    )
    wanted = ("Proxy", "Check-Valid-Until", "Check-Date", "Verify-Peer", "Verify-Host", "CaInfo")
    kept = [line for line in lines.splitlines() if any(name in line.split(" ")[0] for name in wanted)]
    return "".join(f"{line}\n" for line in kept if not line.endswith(' "";'))


def _make_anonymous(root: Path) -> None:
    """Remove what must differ between hosts: SSH keys and the machine's id are made at the first boot."""
    for key in (root / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    (root / "etc/machine-id").write_text("")
    (root / "etc/hostname").write_text("linode\n")


def _logged(log: Path, *command: str) -> None:
    with log.open("a") as stream:
        done = subprocess.run(command, stdout=stream, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        tail = " / ".join(log.read_text().splitlines()[-LOG_LINES:])
        raise LinodeError(f"{command[0]} failed ({log}): {tail}")
