"""What the portal's pages show: errors, lists that stand in their address, and what fits on a phone."""

from __future__ import annotations

import json
import re
import unicodedata

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


ON_ANOTHER_KEYBOARD = str.maketrans({"ð": "d", "þ": "th", "æ": "ae"})


def typed_by_staff(person: list[str]) -> dict[str, str]:
    """What staff may type to find a member, as people write it."""
    name, city, phone, born, kennitala = person
    patronymic = name.split()[-1].lower().translate(ON_ANOTHER_KEYBOARD)
    plain = unicodedata.normalize("NFD", patronymic).encode("ascii", "ignore").decode()
    return {
        "patronymic, in capitals and without accents": plain.upper(),
        "part of the name": f"  {name.split()[0]}  {name.split()[-1][:3]}",
        "town and name": f"{city} {name.split()[0]}",
        "phone": f"{phone[:3]} {phone[3:]}",
        "phone from abroad": f"+354 {phone}",
        "birthday": f"{int(born[8:])}.{int(born[5:7])}.{born[:4]}",
        "kennitala with a hyphen": f"{kennitala[:6]}-{kennitala[6:]}",
        "beginning of a kennitala": kennitala[:8],
    }


PERSON = """
    select c.name, a.city, i.phone, c.birthday, c.ssn from membership_comrade c
    join membership_simpleaddress a on a.comrade_id = c.id
    join membership_contactinfo i on i.comrade_id = c.id
    where i.phone ~ '^[0-9]{7}$' and a.city <> ''
    and c.name ~ '^[[:alpha:]]+ ([[:alpha:]]+ )*[[:alpha:]]{6,}son$'
    and c.birthday is not null and c.ssn ~ '^[0-9]{10}$'
    order by (
        select count(*) from membership_comrade o where o.name like '%' || substring(c.name from '[^ ]+$')
    ), c.id limit 1
"""
"""Somebody with a patronymic that few have, so that all who are found are on one page."""


def search(page: Page, typed: str) -> None:
    page.get_by_label("Leita", exact=True).first.fill(typed)
    with page.expect_response(re.compile("/searchmembers$")):
        page.get_by_role("button", name="Leita").click()


def test_staff_find_a_member_by_whatever_they_know(staff: Visitor) -> None:
    page = staff.page
    person = staff.world.psql(PERSON).split("|")
    kennitala = person[-1]
    staff.open("Félagar")
    for way, typed in typed_by_staff(person).items():
        search(page, typed)
        shown = page.locator("tbody tr", has_text=person[0]).filter(has_text=f"{kennitala[:6]}-****")
        expect(shown, way).not_to_have_count(0)
    search(page, "enginn heitir svona")
    expect(page.get_by_text("Enginn félagi fannst.").last).to_be_visible()
    logged = staff.world.shell(
        "find /var/log -name '*.log' -exec cat {} +; journalctl --no-pager --output=cat"
    )
    assert '"POST /felagar/api/sync/search/ HTTP/' in logged
    for secret in (kennitala, f"{kennitala[:6]}-{kennitala[6:]}"):
        assert secret not in logged
        assert secret not in page.url
    assert staff.complaints == []


def test_without_the_host_a_whole_kennitala_is_found_and_the_page_says_so(staff: Visitor) -> None:
    page, limited = staff.page, "Ekki næst í félagatalið."
    staff.open("Félagar")
    page.locator("caption").wait_for()
    staff.world.shell("systemctl stop nginx")
    try:
        search(page, f"{AFRICA['kennitala'][:6]} {AFRICA['kennitala'][6:]}")
        expect(page.locator("tbody a", has_text="Gervimaður")).to_be_visible()
        expect(page.get_by_text(limited).last).to_be_visible()
        search(page, "Gervimaður")
        expect(page.locator("tbody tr")).to_have_count(0)
        expect(page.get_by_text(limited).last).to_be_visible()
        assert staff.accessibility_faults() == []
    finally:
        staff.world.shell("systemctl start nginx")
    search(page, "Gervimaður")
    expect(page.locator("tbody tr")).not_to_have_count(0)


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
