"""A member's session in the portal: one for all tabs, with an end, and with the rights of this moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from local.seed.register import AFRICA
from tests.world.browsing import EMAIL, Visitor
from tests.world.live_world import LiveWorld
from tests.world.test_acceptance import EN_DASH

UNUSED = """minutes => {
    const times = JSON.parse(localStorage.getItem("session-times"));
    localStorage.setItem("session-times", JSON.stringify({ ...times, usedAt: Date.now() - minutes * 60000 }));
}"""
LOG_IN = "Skrá inn með Kenni.is"
SYNCED = 120_000.0
"""Milliseconds until the page shows what the register holds, on a busy machine."""


@pytest.fixture
def visitor(browser: Browser, world: LiveWorld) -> Iterator[Visitor]:
    """Somebody with a browser of their own."""
    arrived = Visitor(browser, world)
    yield arrived
    arrived.context.close()


def is_asked_to_log_in(page: Page) -> None:
    expect(page.get_by_role("button", name=LOG_IN)).to_be_visible()


def unused_for(page: Page, minutes: float) -> None:
    """Nobody has used the session in any tab; this page tells the others."""
    page.evaluate(UNUSED, minutes)


def test_all_tabs_have_one_session_that_ends_in_all_of_them(visitor: Visitor, browser: Browser) -> None:
    visitor.log_in(AFRICA["name"], "/profile")
    page, other = visitor.page, visitor.context.new_page()
    other.goto(f"{visitor.world.portal_url}/membership")
    expect(other.get_by_role("heading", name="Félagsaðild", exact=True)).to_be_visible()
    kept = visitor.context.storage_state()
    other.get_by_role("button", name="Skrá út").click()
    is_asked_to_log_in(other)
    is_asked_to_log_in(page)

    for cookies, shown in ((kept["cookies"], EMAIL), ([], f'button:has-text("{LOG_IN}")')):
        later = browser.new_context(storage_state={"cookies": cookies, "origins": kept["origins"]})
        opened = later.new_page()
        opened.goto(f"{visitor.world.portal_url}/profile")
        expect(opened.locator(shown)).to_be_visible()
        later.close()


def test_a_session_that_nobody_uses_ends_after_a_warning(visitor: Visitor) -> None:
    visitor.log_in(AFRICA["name"], "/profile")
    page, other = visitor.page, visitor.context.new_page()
    other.goto(visitor.world.portal_url)
    unused_for(other, 28.5)
    warning = page.get_by_role("alert").filter(has_text="Innskráningunni lýkur eftir tvær mínútur")
    expect(warning).to_be_visible()
    assert visitor.accessibility_faults() == [], "warned"
    page.get_by_role("button", name="Halda áfram").click()
    expect(warning).to_be_hidden()
    unused_for(other, 31)
    for each in (page, other):
        expect(each.get_by_text("gáttin hafði ekki verið notuð í hálftíma")).to_be_visible()
        is_asked_to_log_in(each)
    assert page.url.endswith("/profile")


def test_a_log_in_that_failed_says_so_and_leads_to_the_wanted_page(visitor: Visitor) -> None:
    page, portal = visitor.page, visitor.world.portal_url
    page.goto(f"{portal}/membership")
    with page.expect_request(re.compile("[?&]state=")) as asked:
        page.get_by_role("button", name=LOG_IN).click()
    page.get_by_role("button", name=AFRICA["name"]).wait_for()
    [state] = parse_qs(urlsplit(asked.value.url).query)["state"]
    page.goto(f"{portal}/callback?error=access_denied&state={state}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Innskráning tókst ekki")
    expect(page).to_have_title(f"Innskráning tókst ekki {EN_DASH} Félagagátt")
    assert visitor.accessibility_faults() == [], "a failed log-in"
    page.get_by_role("button", name=LOG_IN).click()
    page.get_by_role("button", name=AFRICA["name"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Félagsaðild")
    assert visitor.complaints == []


def test_rights_that_are_given_or_taken_change_the_open_page(visitor: Visitor, staff: Visitor) -> None:
    visitor.log_in(AFRICA["name"], "/profile")
    page, administration = visitor.page, visitor.page.get_by_role("link", name="Stjórnborð")
    expect(administration).to_have_count(0)
    page.locator(EMAIL).focus()
    change_role(staff, "Veita: Umsjón")
    expect(administration).to_be_visible()
    expect(page.locator(EMAIL)).to_be_focused()
    administration.click()
    expect(page.locator(".figure").first).to_be_visible()
    change_role(staff, "Taka af: Umsjón")
    expect(page.get_by_role("heading", level=1)).to_have_text("Aðeins fyrir starfsfólk")
    expect(administration).to_have_count(0)


def change_role(staff: Visitor, button: str) -> None:
    staff.open("Hlutverk")
    staff.page.get_by_label("Kennitala").fill(AFRICA["kennitala"])
    staff.page.get_by_role("button", name="Finna").click()
    staff.page.once("dialog", lambda dialog: dialog.accept())
    staff.page.get_by_role("button", name=button).click()


def test_who_is_suspended_reads_what_they_are_and_whom_to_ask(visitor: Visitor) -> None:
    """The page that is open changes when the register does, and comes back with the membership."""
    world, page = visitor.world, visitor.page
    visitor.log_in(AFRICA["name"])
    suspended = page.get_by_role("heading", name="Félagsaðild þín er í bið")
    expect(page.locator(".facts").first).to_be_visible()
    expect(suspended).to_have_count(0)
    try:
        change_status(world, "suspended")
        expect(suspended).to_be_visible(timeout=SYNCED)
        expect(page.get_by_role("link", name="skrifstofa@example.is")).to_be_visible()
        assert visitor.accessibility_faults() == [], "suspended"
        visitor.open("Viðburðir")
        expect(page.get_by_text("Viðburðir eru aðeins sýndir félögum.")).to_be_visible()
    finally:
        change_status(world, "active")
    expect(page.get_by_text("Viðburðir eru aðeins sýndir félögum.")).to_have_count(0, timeout=SYNCED)
    visitor.open("Félagsaðild")
    page.get_by_role("button", name="Fletta upp núna").click()
    expect(page.get_by_text("Þú ert félagi.")).to_be_visible()


def change_status(world: LiveWorld, status: str) -> None:
    world.psql(f"update membership_comrade set status = '{status}' where ssn = '{AFRICA['kennitala']}'")  # noqa: S608
