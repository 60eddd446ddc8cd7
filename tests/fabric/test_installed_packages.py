"""What a host tells of its packages, which `make audit` looks up."""

from __future__ import annotations

from typing import Any

from deploy.status.packages import installed_packages
from tools.audit.debian_packages import INSTALLED


def test_a_host_tells_its_release_and_the_version_of_each_package(host: Any) -> None:
    """The host of these tests is this machine, which is a Debian too."""
    told = installed_packages(host)

    assert told["release"].isalpha()
    assert "dpkg" in dict(INSTALLED.findall(told["status"]))
    assert not any("sudo" in command for command in host.commands)
