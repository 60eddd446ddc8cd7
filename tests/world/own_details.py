"""A member's own details in the portal: what a person does there, and what the register holds of it."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from local.seed.register import AFRICA
from tests.world.browsing import Visitor

STREET = '[name="profile.address.street"]'
CITY = '[name="profile.address.city"]'
STATUS = "#save-status"
COLUMNS = {STREET: "street_address", CITY: "city"}
ARRIVAL_SECONDS = 60.0
"""Until a value is in the register, on a busy machine; how quick it is, test_acceptance.py says."""
PATIENCE_SECONDS = 120.0
"""Until the form says how a save ended."""
NOTHING_WAITS = re.compile("^(saved|idle)$")
ENDED = re.compile("^(saved|idle|overtaken)$")
LETTERS = "aábdðeéfghiíjklmnoóprstuúvxyýþæö"


def stored(visitor: Visitor, field: str) -> str:
    """What the register holds."""
    return visitor.world.psql(f"""
        select a.{COLUMNS[field]} from membership_simpleaddress a
        join membership_comrade c on c.id = a.comrade_id where c.ssn = '{AFRICA["kennitala"]}'
    """)  # noqa: S608


def state(visitor: Visitor, name: str) -> None:
    """Wait until the form says this of what was typed."""
    says(visitor, re.compile(f"^{name}$"))


def says(visitor: Visitor, names: re.Pattern[str]) -> None:
    """The same for any of these. On a busy machine a save may be refused as too many, and come later."""
    status = visitor.page.locator(STATUS)
    expect(status).to_have_attribute("data-state", names, timeout=PATIENCE_SECONDS * 1000)


def arrives(visitor: Visitor, field: str, text: str) -> None:
    """Wait until the register holds it."""
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while (found := stored(visitor, field)) != text:
        assert time.monotonic() < deadline, f"{found!r} instead of {text!r}"
        time.sleep(0.2)


@contextmanager
def offline(visitor: Visitor) -> Iterator[None]:
    """A time without a network."""
    visitor.context.set_offline(True)
    try:
        yield
    finally:
        visitor.context.set_offline(False)


def typed(visitor: Visitor, field: str, text: str) -> None:
    """Replace a field's text; the focus stays there."""
    visitor.page.locator(field).fill(text)


def word(chance: random.Random | None = None) -> str:
    """A word that nobody has typed before."""
    return "".join((chance or random.Random()).choices(LETTERS, k=8)).capitalize()


@contextmanager
def second_tab(visitor: Visitor) -> Iterator[Page]:
    """The person's details in another tab of their browser; it is left as `leave_saved` says."""
    tab = visitor.context.new_page()
    try:
        tab.goto(f"{visitor.world.portal_url}/profile")
        tab.locator(STREET).wait_for()
        yield tab
        leave_saved(tab)
    finally:
        tab.close()


def leave_saved(tab: Page) -> None:
    """Leave the field, and wait until all is saved or told as overtaken."""
    tab.keyboard.press("Tab")
    expect(tab.locator(STATUS)).to_have_attribute("data-state", ENDED, timeout=PATIENCE_SECONDS * 1000)


def edit_as_staff(visitor: Visitor, field: str, text: str) -> None:
    """Write into the register, as the admin does."""
    visitor.world.psql(f"""
        update membership_simpleaddress set {COLUMNS[field]} = '{text}'
        where comrade_id = (select id from membership_comrade where ssn = '{AFRICA["kennitala"]}')
    """)  # noqa: S608


def insist(visitor: Visitor) -> None:
    """Press the button that saves over what somebody else wrote."""
    visitor.page.get_by_role("button", name=re.compile("^(Vista aftur|Save now)$")).click()


def reload(visitor: Visitor) -> None:
    visitor.page.reload()


def change_the_language(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="English").click()
    visitor.page.get_by_role("button", name="Íslenska").click()
    visitor.page.get_by_role("button", name="English").wait_for()


def read_another_page(visitor: Visitor) -> None:
    visitor.open("Viðburðir")
    visitor.open("Mínar upplýsingar")
