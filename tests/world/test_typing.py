"""Nothing that a person types into the portal is lost, whatever they do next."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from playwright.sync_api import Dialog, expect

from local.seed.register import AFRICA
from tests.world.browsing import EMAIL, Visitor
from tests.world.test_acceptance import NUMBER_OF_AFRICA

STREET = '[name="profile.address.street"]'
CITY = '[name="profile.address.city"]'
STAFFS_STREET = f".member-edit {STREET}"
COLUMNS = {STREET: "street_address", CITY: "city"}
ARRIVAL_SECONDS = 60.0
"""Until a value is in the register, on a busy machine; how quick it is, test_acceptance.py says."""
PATIENCE_SECONDS = 120.0
"""Until the form says how a save ended."""
ACTS = 12
"""Of the random person; each ends in a moment or two."""
NOTHING_WAITS = re.compile("^(saved|idle)$")
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
    status = visitor.page.locator("#save-status")
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


def test_a_field_in_which_somebody_types_is_not_rewritten(member: Visitor) -> None:
    street = word()
    typed(member, STREET, f"{street} ")
    state(member, "saved")
    arrives(member, STREET, street)
    assert member.page.locator(STREET).input_value() == f"{street} "
    member.page.locator(STREET).press_sequentially("5")
    member.page.locator(CITY).focus()
    arrives(member, STREET, f"{street} 5")


def reload(visitor: Visitor) -> None:
    visitor.page.reload()


def change_the_language(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="English").click()
    visitor.page.get_by_role("button", name="Íslenska").click()
    visitor.page.get_by_role("button", name="English").wait_for()


def read_another_page(visitor: Visitor) -> None:
    visitor.open("Viðburðir")
    visitor.open("Mínar upplýsingar")


@pytest.mark.parametrize("act", [reload, change_the_language, read_another_page])
def test_the_last_key_is_not_lost(member: Visitor, act: Callable[[Visitor], None]) -> None:
    street = word()
    typed(member, STREET, street)
    act(member)
    expect(member.page.locator(STREET)).to_have_value(street)
    arrives(member, STREET, street)


def test_without_a_network_nothing_is_called_saved_and_nothing_is_lost(member: Visitor) -> None:
    street = word()
    with offline(member):
        expect(member.page.locator(".offline")).to_be_visible()
        typed(member, STREET, street)
        state(member, "offline")
        expect(member.page.locator("#edit-status")).to_be_hidden()
        read_another_page(member)
        expect(member.page.locator(".offline")).to_be_visible()
        expect(member.page.locator(".state-empty")).to_have_count(0)
    member.page.reload()
    expect(member.page.locator(STREET)).to_have_value(street)
    state(member, "saved")
    arrives(member, STREET, street)


def test_half_an_address_is_no_error_yet_and_stays(member: Visitor) -> None:
    typed(member, EMAIL, "someone@")
    expect(member.page.locator("#profile-email-problem")).to_be_empty()
    member.page.reload()
    expect(member.page.locator(EMAIL)).to_have_value("someone@")
    expect(member.page.locator("#profile-email-problem")).not_to_be_empty()
    city = word()
    typed(member, CITY, city)
    arrives(member, CITY, city)
    state(member, "invalid")
    typed(member, EMAIL, "someone@example.is")
    state(member, "saved")


def test_staff_are_asked_before_what_they_typed_is_lost(staff: Visitor) -> None:
    number = staff.world.psql(NUMBER_OF_AFRICA)
    staff.page.goto(f"{staff.world.portal_url}/admin/members/{number}")
    staff.open("Félagar")
    staff.page.go_back()
    staff.page.get_by_role("button", name="Breyta upplýsingum félagans").click()
    street = word()
    staff.page.locator(STAFFS_STREET).fill(street)
    answers = iter([False, False, True])
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if next(answers) else dialog.dismiss()

    staff.page.on("dialog", answer)
    staff.open("Félagar")
    staff.page.evaluate("history.forward()")
    expect(staff.page.locator(STAFFS_STREET)).to_have_value(street)
    assert staff.page.url.endswith(f"/{number}")
    staff.open("Félagar")
    expect(staff.page.locator(STAFFS_STREET)).to_have_count(0)
    staff.page.remove_listener("dialog", answer)
    assert len(asked) == 3


def test_a_random_person_loses_nothing(member: Visitor, seed: int) -> None:
    """They type, pause, wander, reload and lose the network; in the end the register holds what they see."""
    chance = random.Random(seed)
    shown: dict[str, str] = {}

    def type_something() -> None:
        field = chance.choice([STREET, CITY])
        shown[field] = " ".join(word(chance) for _ in range(chance.randint(1, 3)))
        typed(member, field, shown[field])

    def pause() -> None:
        time.sleep(chance.choice([0.1, 0.7, 2.5]))

    def lose_the_network() -> None:
        with offline(member):
            type_something()
            pause()

    acts: list[Callable[[], None]] = [type_something, pause, lose_the_network]
    acts += [partial(each, member) for each in (reload, change_the_language, read_another_page)]
    type_something()
    for _ in range(ACTS):
        chance.choice(acts)()
        member.page.locator(STREET).wait_for()
    for field, text in shown.items():
        expect(member.page.locator(field)).to_have_value(text)
    says(member, NOTHING_WAITS)
    for field, text in shown.items():
        arrives(member, field, text)
