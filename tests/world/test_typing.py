"""Nothing that a person types into the portal is lost, whatever they do next."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, expect

from tests.world.browsing import EMAIL, Visitor
from tests.world.own_details import (
    CITY,
    STREET,
    arrives,
    change_the_language,
    insist,
    leave_saved,
    offline,
    read_another_page,
    reload,
    second_tab,
    state,
    typed,
    word,
)
from tests.world.random_typing import live
from tests.world.test_acceptance import NUMBER_OF_AFRICA

STAFFS_STREET = f".member-edit {STREET}"
ACTS = 12
"""Of the random person; each ends in a moment or two."""


def test_a_field_in_which_somebody_types_is_not_rewritten(member: Visitor) -> None:
    street = word()
    typed(member, STREET, f"{street} ")
    state(member, "saved")
    arrives(member, STREET, street)
    assert member.page.locator(STREET).input_value() == f"{street} "
    member.page.locator(STREET).press_sequentially("5")
    member.page.locator(CITY).focus()
    arrives(member, STREET, f"{street} 5")


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


def test_what_comes_while_an_edit_is_held_is_told_and_one_press_saves(member: Visitor) -> None:
    typed(member, STREET, word())
    state(member, "saved")
    with second_tab(member) as tab:
        tab.locator(STREET).fill(word())
        leave_saved(tab)
        street = word()
        typed(member, STREET, street)
        state(member, "overtaken")
        later = word()
        tab.locator(STREET).fill(later)
        expect(member.page.get_by_role("alert").filter(has_text=later)).to_be_visible()
    insist(member)
    state(member, "saved")
    arrives(member, STREET, street)


def test_a_random_person_loses_nothing(member: Visitor, seed: int) -> None:
    live(member, random.Random(seed), ACTS)
