"""What the portal's pages show: errors, lists that stand in their address, and what fits on a phone."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Browser, Page, expect

from local.seed.register import AFRICA
from tests.figures import Tell
from tests.world.browsing import EMAIL, Visitor
from tests.world.live_world import LiveWorld
from tests.world.own_details import STREET, state, word
from tests.world.test_acceptance import EN_DASH

BAD = "rgb(151, 34, 43)"
"""The colour of what is wrong (`--bad`)."""
PHONE, LAPTOP = 320, 1280
PAGES = ("/", "/profile", "/membership", "/events", "/admin", "/admin/members", "/admin/sync", "/admin/roles")
ANNOUNCEMENTS = """() => {
    window.announced = [];
    const isLive = (node) => node.parentElement?.closest("[role=status], [role=alert], [aria-live]");
    new MutationObserver((changes) => {
        for (const { target, addedNodes } of changes)
            for (const node of addedNodes.length ? addedNodes : [target])
                if (node.textContent.trim() && isLive(node)) window.announced.push(node.textContent);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
SHIFT = """() => new Promise((resolve) => {
    new PerformanceObserver((list) => {
        resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0));
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(0), 300);
})"""
SENT = """() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
    .filter(({ name }) => name.startsWith(location.origin))
    .map(({ name, transferSize }) => [new URL(name).pathname, transferSize])"""
MOST_REQUESTS = 8
MOST_BYTES = 200_000
NO_SHIFT = 0.1
"""Core Web Vitals call less than that good."""


def test_an_error_is_in_the_title_and_the_summary_and_has_a_red_border(member: Visitor) -> None:
    page = member.page
    before = page.locator(EMAIL).input_value()
    page.locator(EMAIL).fill("someone@")
    expect(page).to_have_title(f"Mínar upplýsingar {EN_DASH} Félagagátt")
    page.keyboard.press("Tab")
    expect(page).to_have_title(f"Villa: Mínar upplýsingar {EN_DASH} Félagagátt")
    assert page.locator(EMAIL).evaluate("field => getComputedStyle(field).borderTopColor") == BAD
    assert member.accessibility_faults() == [], "with an error"
    page.get_by_role("link", name="Netfang: Þetta er ekki gilt netfang.").click()
    expect(page.locator(EMAIL)).to_be_focused()
    page.locator(EMAIL).fill(before)
    expect(page).to_have_title(f"Mínar upplýsingar {EN_DASH} Félagagátt")
    expect(page.locator(".error-summary")).to_be_hidden()


def test_a_typed_street_is_announced_once(member: Visitor) -> None:
    page = member.page
    page.locator(STREET).focus()
    page.evaluate(ANNOUNCEMENTS)
    page.locator(STREET).fill("")
    for part in (word(), " ", word(), " 5"):
        page.locator(STREET).press_sequentially(part, delay=80)
        page.wait_for_timeout(900)
    page.keyboard.press("Tab")
    state(member, "saved")
    page.locator('#edit-status[data-state="synced"]').wait_for()
    page.wait_for_timeout(1_500)
    assert page.evaluate("announced") == ["Vistað."]


def test_on_paper_there_are_no_buttons(member: Visitor) -> None:
    member.page.emulate_media(media="print")
    for part in (".menu", ".tools", ".save-status", "footer"):
        expect(member.page.locator(part)).to_be_hidden()
    expect(member.page.locator(STREET)).to_be_visible()
    member.page.emulate_media(media="screen")


def test_a_list_stands_in_its_address_and_back_comes_back_to_it(staff: Visitor) -> None:
    page = staff.page
    staff.open("Félagar")
    page.get_by_label("Staða").select_option("left")
    expect(page).to_have_url(re.compile("status=left$"))
    page.get_by_role("button", name="Næsta síða").click()
    expect(page).to_have_url(re.compile("status=left&page=2$"))
    expect(page.locator(".table")).to_be_focused()
    names = page.locator("tbody td:first-child").all_inner_texts()
    assert names
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="Til baka í félagalista").click()
    expect(page.locator("tbody td:first-child")).to_have_text(names)
    page.reload()
    expect(page.locator("tbody td:first-child")).to_have_text(names)
    expect(page.get_by_label("Staða")).to_have_value("left")
    page.go_back()
    expect(page.locator("caption")).to_contain_text(f"Félagar 1{EN_DASH}")


def test_a_searched_kennitala_is_in_no_address_and_still_comes_back(staff: Visitor) -> None:
    page = staff.page
    staff.open("Félagar")
    page.get_by_label("Leita", exact=True).first.fill(AFRICA["kennitala"])
    page.get_by_role("button", name="Leita").click()
    page.locator("tbody a", has_text="Gervimaður").click()
    page.get_by_role("heading", name="Félagi", exact=True).wait_for()
    page.go_back()
    expect(page.get_by_label("Leita", exact=True).first).to_have_value(AFRICA["kennitala"])
    expect(page.locator("tbody tr")).to_have_count(1)
    assert AFRICA["kennitala"] not in page.url


def test_every_page_fits_a_phone_and_hides_no_column_on_a_laptop(staff: Visitor) -> None:
    page = staff.page
    offered = {"name": None, "email": f"{'langt' * 12}@{'netfang' * 8}.is", "phone": None}
    identity = {"kennitala": "0101302989", "identity": offered}
    page.evaluate("text => sessionStorage.setItem('electronic-id', text)", json.dumps(identity))
    for path in PAGES:
        page.goto(staff.world.portal_url + path)
        staff.wait_until_shown(page.locator("main .card, main .facts, main button, main .table"))
        page.set_viewport_size({"width": PHONE, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, path
        assert staff.accessibility_faults() == [], f"{path} on a phone"
        assert hidden_columns(page) == [], f"{path} on a phone"
        page.set_viewport_size({"width": LAPTOP, "height": 800})
        assert hidden_columns(page) == [], path


def hidden_columns(page: Page) -> list[str]:
    """The tables that are wider than their place."""
    wide = "all => all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.ariaLabel)"
    found: list[str] = page.locator(".table").evaluate_all(wide)
    return found


def test_a_first_visit_is_a_few_files_and_the_next_one_fewer(
    browser: Browser, world: LiveWorld, tell: Tell
) -> None:
    visitor = Visitor(browser, world)
    visitor.page.goto(world.portal_url)
    visitor.page.get_by_role("button", name="Skrá inn með Kenni.is").wait_for()
    first = visitor.page.evaluate(SENT)
    shift = visitor.page.evaluate(SHIFT)
    visitor.page.goto(f"{world.portal_url}/membership")
    visitor.page.get_by_role("button", name="Skrá inn með Kenni.is").wait_for()
    again = visitor.page.evaluate(SENT)
    bytes_sent = [sum(size for _, size in visit) for visit in (first, again)]
    tell(f"the portal's first visit: {len(first)} requests, {bytes_sent[0]} bytes, layout shift {shift:.3f}")
    tell(f"the next visit: {bytes_sent[1]} bytes")
    assert len(first) <= MOST_REQUESTS, first
    assert bytes_sent[0] < MOST_BYTES
    assert shift < NO_SHIFT
    assert [size for path, size in again if path.startswith("/assets/")] == [0, 0], again
    visitor.context.close()
