"""Each attack that the host's own programs stop succeeds on a real host as soon as its guard is away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.host import removed_guards
from tests.host.live_host import LiveHost
from tests.host.removed_guards import NGINX_GUARDS, HostGuard, SiteGroup
from tests.host.removed_ways_in import EGRESS_GUARDS, LOG_GUARDS, LOG_IN_GUARDS, logs_in, only_from_elsewhere
from tests.host.test_two_users import as_deployer, full_sudo

GUARDS = (*NGINX_GUARDS, *LOG_GUARDS, *EGRESS_GUARDS, *LOG_IN_GUARDS)
ON_A_COMMAND_LINE = "0404802209"
"""A kennitala that no other test of the logs looks for."""


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_without_the_guard_the_attack_succeeds(host_as_it_was: LiveHost, guard: HostGuard) -> None:
    assert not guard.gets_through(host_as_it_was)
    try:
        host_as_it_was.shell(guard.removes)
        host_as_it_was.wait_until_well()
        without = guard.gets_through(host_as_it_was)
    finally:
        host_as_it_was.shell(guard.mends)
    assert without
    host_as_it_was.wait_until_well()
    assert not guard.gets_through(host_as_it_was)


def test_without_its_addresses_a_key_lets_in_from_anywhere(live_host: LiveHost) -> None:
    limit, lift = only_from_elsewhere()
    live_host.shell(limit)
    try:
        assert not logs_in(live_host, "id_ed25519")
    finally:
        live_host.shell(lift)
    assert logs_in(live_host, "id_ed25519")


def test_what_stands_on_a_command_line_is_logged_by_sudo(live_host: LiveHost) -> None:
    """So our tasks send words on the program's input: `test_logs.py` shows that those are not logged."""
    with full_sudo(live_host):
        as_deployer(live_host, f"sudo -n true {ON_A_COMMAND_LINE}")
    assert ON_A_COMMAND_LINE in live_host.shell("journalctl --no-pager --output=cat _COMM=sudo")


@pytest.fixture
def site_group(live_host: LiveHost) -> Iterator[SiteGroup]:
    group = SiteGroup(live_host)
    group.limit(True)
    yield group
    group.limit(True)
    group.remove()


def test_the_unit_limits_tasks(site_group: SiteGroup) -> None:
    assert not removed_guards.starts_too_many(site_group)
    site_group.limit(False)
    assert removed_guards.starts_too_many(site_group)


def test_the_unit_limits_memory(live_host: LiveHost, site_group: SiteGroup) -> None:
    most = int(live_host.shell("systemctl show --property=MemoryMax --value gunicorn.service"))
    wanted = most // 2**20 + 64
    assert not removed_guards.takes_too_much_memory(site_group, wanted)
    assert live_host.is_well()
    site_group.limit(False)
    assert removed_guards.takes_too_much_memory(site_group, wanted)
