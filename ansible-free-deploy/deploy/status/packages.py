"""What is installed on the host, as its package manager has written it down."""

from __future__ import annotations

from deploy.remote.host import Host


def installed_packages(host: Host) -> dict[str, str]:
    """`release` is Debian's name for it (`bookworm`), `status` dpkg's own list. Needs no root."""
    release = host.run(". /etc/os-release && echo $VERSION_CODENAME", what="Debian's release").stdout
    return {
        "release": release.strip(),
        "status": host.run(["cat", "/var/lib/dpkg/status"], what="packages").stdout,
    }
