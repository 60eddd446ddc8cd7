"""What runs, what starts by itself, and whether it is the release that the host says it is."""

from __future__ import annotations

import time
from typing import Any

import pytest

from deploy.remote.linode_settings import LinodeSettings
from tests.smoke.conftest import Site

RUNNING = [
    "nginx",
    "postgresql",
    "gunicorn.socket",
    "gunicorn.service",
    "nftables",
    "ekklesia-egress.service",
    "ssh",
    "ekklesia-backup.timer",
    "ekklesia-backup-copy.timer",
    "ekklesia-base-backup.timer",
    "ekklesia-repository-copy.service",
]
BACKUP_MAX_AGE_HOURS = 36
DISK_FREE_PERCENT = 10
CLOCK_TOLERANCE_SECONDS = 5


@pytest.mark.parametrize("name", RUNNING)
def test_a_service_runs_and_starts_at_boot(host: Any, name: str) -> None:
    service = host.service(name)
    assert service.is_running
    assert service.is_enabled


def test_no_unit_has_failed(host: Any) -> None:
    assert host.check_output("systemctl list-units --failed --plain --no-legend") == ""


def test_the_workers_are_as_many_as_set(host: Any, linode: LinodeSettings) -> None:
    main = host.check_output("systemctl show -p MainPID --value gunicorn.service")
    children = host.check_output("pgrep -c -P %s gunicorn", main)
    assert int(children) == linode.workers


def test_gunicorn_runs_as_a_user_of_its_own(host: Any) -> None:
    owners = {process.user for process in host.process.filter(comm="gunicorn")}
    assert owners == {"ekklesia"}


@pytest.mark.parametrize("package", ["nginx", "postgresql", "nftables", "unattended-upgrades"])
def test_a_package_is_installed(host: Any, package: str) -> None:
    assert host.package(package).is_installed


def test_the_interpreter_and_the_requirements_belong_together(host: Any) -> None:
    versions = host.check_output(
        "/srv/ekklesia/current/environment/bin/python -c "
        "'import sys, django; print(sys.version_info[:2] < (3, 7), django.VERSION < (3,))'"
    )
    assert versions in {"True True", "False False"}


def test_the_serving_release_is_the_one_that_current_names(host: Any, site: Site) -> None:
    release = host.file("/srv/ekklesia/current/RELEASE").content_string.strip()
    assert host.file("/srv/ekklesia/current").linked_to == f"/srv/ekklesia/releases/{release}"
    assert site.get("/felagar/healthz/").json() == {"status": "ok", "release": release}


def test_no_switch_was_left_unfinished(host: Any) -> None:
    assert not host.file("/srv/ekklesia/shared/switch.json").exists


def test_there_is_a_fresh_backup_with_its_checksum(host: Any) -> None:
    command = "find /srv/ekklesia/backups -name '*.tar' -mmin -%s -size +0 -exec test -s {}.sha256 ';' -print"
    with host.sudo():
        fresh = host.check_output(command, str(BACKUP_MAX_AGE_HOURS * 60))
    assert fresh


def test_there_is_room_on_the_disk(host: Any) -> None:
    used = host.check_output("df --output=pcent /srv/ekklesia | tail -1").strip(" %")
    assert int(used) <= 100 - DISK_FREE_PERCENT


def test_the_clock_is_right(host: Any) -> None:
    assert abs(int(host.check_output("date +%s")) - time.time()) <= CLOCK_TOLERANCE_SECONDS


def test_updates_install_themselves(host: Any) -> None:
    settings = host.check_output("apt-config dump APT::Periodic::Unattended-Upgrade")
    assert '"1"' in settings
