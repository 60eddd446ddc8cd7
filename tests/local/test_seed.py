"""The demo register has the shape, the numbers and the persons on which the rest depends."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from local.seed.iceland import POSTAL_TOWNS, kennitala
from local.seed.invention import invent
from local.seed.register import (
    HOUSING_SITUATIONS,
    MEMBERS,
    STATUSES,
    TEST_NUMBERS,
    TEST_PERSONS,
    WITH_ADDRESS,
    Member,
    members,
)
from tools.fields import table
from tools.fields.table import Row


@pytest.fixture(scope="module")
def register() -> list[Member]:
    return list(members())


def test_it_has_the_real_registers_numbers(register: list[Member]) -> None:
    assert len(register) == MEMBERS == 2174
    assert sum(member["street_address"] is not None for member in register) == WITH_ADDRESS == 1975
    assert sum(member["ssn"].startswith("9999") for member in register) == TEST_NUMBERS == 59


def test_it_is_the_same_every_time(register: list[Member]) -> None:
    assert list(members()) == register


def test_every_kennitala_is_there_once_and_has_ten_digits(register: list[Member]) -> None:
    numbers = [member["ssn"] for member in register]
    assert len(set(numbers)) == len(numbers)
    assert all(len(number) == 10 and number.isdigit() for number in numbers)


def test_a_kennitala_says_its_owners_birthday(register: list[Member]) -> None:
    ordinary = [member for member in register if not member["ssn"].startswith("9999")]
    strangers = ordinary[len(TEST_PERSONS) :]
    assert all(
        member["ssn"].startswith(f"{date.fromisoformat(member['birthday']):%d%m%y}") for member in strangers
    )


def test_the_test_persons_are_active_members(register: list[Member]) -> None:
    by_number = {member["ssn"]: member for member in register}
    for person in TEST_PERSONS:
        member = by_number[person["kennitala"]]
        assert (member["name"], member["status"]) == (person["name"], "active")


def test_every_value_of_every_enumeration_occurs(register: list[Member]) -> None:
    assert {member["gender"] for member in register} == {0, 1, 2, 3}
    assert {member["housing_situation"] for member in register} == set(HOUSING_SITUATIONS)
    assert {member["status"] for member in register} == set(STATUSES)
    assert {member["reachable"] for member in register} == {True, False}
    assert {member["groupable"] for member in register} == {True, False}


def test_most_members_can_be_reached(register: list[Member]) -> None:
    with_mail = [member["email"] for member in register if member["email"]]
    with_phone = [member["phone"] for member in register if member["phone"]]
    assert len(set(with_mail)) == len(with_mail) > 0.9 * MEMBERS
    assert len(with_phone) > 0.85 * MEMBERS
    assert all(len(phone) == 7 and phone.isdigit() for phone in with_phone)


def test_an_address_is_whole_or_absent(register: list[Member]) -> None:
    parts = Counter(
        (bool(member["street_address"]), bool(member["postal_code"]), bool(member["city"]))
        for member in register
    )
    assert set(parts) == {(True, True, True), (False, False, False)}
    assert all(
        POSTAL_TOWNS[member["postal_code"]] == member["city"] for member in register if member["postal_code"]
    )


def test_everybody_joined_as_a_grown_up(register: list[Member]) -> None:
    assert all(int(member["date_joined"][:4]) - int(member["birthday"][:4]) >= 16 for member in register)


@pytest.mark.parametrize(
    ("birthday", "serial", "expected"),
    [
        # Registers Iceland's own example, 120174-3399.
        (date(1974, 1, 12), 33, "1201743399"),
        (date(1960, 12, 12), 28, None),
    ],
)
def test_check_digit(birthday: date, serial: int, expected: str | None) -> None:
    assert kennitala(birthday, serial) == expected


def test_a_member_has_every_synced_column_but_the_id(register: list[Member]) -> None:
    columns = {row.column for row in table.read()} - {"id"}
    assert all(set(member) == columns for member in register)


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"type": "text", "max_length": 6}, str),
        ({"type": "date"}, str),
        ({"type": "boolean", "required": True, "default": True}, bool),
        ({"type": "numbered_choice", "choices": ["a", "b"], "required": True, "default": "a"}, int),
        ({"type": "choice", "choices": ["a", "b"], "required": True, "default": "a"}, str),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_a_field_without_a_rule_of_its_own_gets_values_of_its_type(facts: dict[str, Any], kind: type) -> None:
    where = {"path": "profile.new", "model": "membership.Comrade", "column": "new", "required": False}
    row = Row.model_validate(
        {**where, **facts, "policy": "member_wins", "editor": "member", "group": "about"}
    )
    values = [invent(row, 1, member) for member in range(100)]
    assert values == [invent(row, 1, member) for member in range(100)]
    assert {type(value) for value in values} == ({kind} if row.required else {kind, type(None)})
    assert all(len(value) <= 10 for value in values if isinstance(value, str))
    assert len(set(values)) > 1
