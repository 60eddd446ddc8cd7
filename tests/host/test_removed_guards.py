"""Each attack that nginx, gunicorn or systemd stops on a real host succeeds as soon as its guard is away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.host import removed_guards
from tests.host.live_host import LiveHost
from tests.host.removed_guards import NGINX_GUARDS, HostGuard, SiteGroup


@pytest.mark.parametrize("guard", NGINX_GUARDS, ids=lambda guard: guard.name)
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
