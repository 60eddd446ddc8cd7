"""One world for all tests that need one. The command behind `make up` makes it, and it is always removed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from local.seed.register import AFRICA, AMERICA
from tests.world.browsing import EMAIL, Visitor, chromium
from tests.world.live_world import LiveWorld, name_of_a_world


@pytest.fixture(scope="session")
def world() -> Iterator[LiveWorld]:
    """A world with its own name, address, link and state. It is removed after the tests, whatever happens."""
    with name_of_a_world() as name:
        live = LiveWorld(name)
        live.arrival = live.up()
        yield live


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of one file."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def member_login(browser: Browser, world: LiveWorld) -> Iterator[Visitor]:
    """One log-in for all tests, because log-ins of one person are limited within ten minutes."""
    visitor = Visitor(browser, world)
    visitor.log_in(AFRICA["name"], "/profile")
    yield visitor
    visitor.context.close()


@pytest.fixture(scope="module")
def staff_login(browser: Browser, world: LiveWorld) -> Iterator[Visitor]:
    """One log-in of an administrator for all tests."""
    visitor = Visitor(browser, world)
    visitor.log_in(AMERICA["name"])
    yield visitor
    visitor.context.close()


@pytest.fixture
def member(member_login: Visitor) -> Visitor:
    """A member who is logged in and sees their own details."""
    member_login.complaints.clear()
    member_login.page.goto(f"{member_login.world.portal_url}/profile")
    member_login.wait_until_shown(member_login.page.locator(EMAIL))
    return member_login


@pytest.fixture
def staff(staff_login: Visitor) -> Visitor:
    """An administrator who is logged in to the portal."""
    staff_login.complaints.clear()
    staff_login.page.goto(staff_login.world.portal_url)
    staff_login.wait_until_shown(staff_login.page.locator(".facts"))
    return staff_login
