"""Phone, name and the like as people write them, and what a register entry grants."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from google.cloud import firestore
from hypothesis import given
from hypothesis import strategies as st

from members import phone
from members.confirmed_roles import ConfirmedRoles
from members.membership import GRANTED_ROLES, Members, Membership
from members.profile_update import ProfileUpdates
from members.values import InvalidValueError, canonical
from runtime.caller import CallableError
from sync.field_map import load_field_map

FIELD_MAP = load_field_map()


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("5551234", "5551234"),
        ("555-1234", "5551234"),
        ("555 1234", "5551234"),
        ("+354 555 1234", "5551234"),
        ("00354-5551234", "5551234"),
        ("3545551234", "5551234"),
        ("+45 12 34 56 78", "+4512345678"),
        ("004512345678", "+4512345678"),
    ],
)
def test_a_phone_number_has_one_form(text: str, normal: str) -> None:
    assert phone.normalise(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "555123",
        "55512345",
        "+1",
        "+0123456",
        "call me",
        "+" + "1" * 16,
        "\x00",
        "+354123456",
        "+3545551234567",
    ],
)
def test_what_is_no_phone_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidValueError):
        _canonical("profile.phone", text)


def _canonical(path: str, value: Any) -> Any:
    field = FIELD_MAP.field(path)
    assert field is not None
    return canonical(field, value)


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("name", " Þórður Ðónsson ", "Þórður Ðónsson"),
        ("name", "Jo\u0301n", "Jón"),
        ("name", "Jón 🎉", "Jón 🎉"),
        ("name", "<b>Jón</b>", "<b>Jón</b>"),
        ("profile.email", " jon@example.is ", "jon@example.is"),
        ("profile.email", "", None),
        ("profile.phone", "+354 555 1234", "5551234"),
        ("profile.phone", None, None),
        ("profile.birthday", "1970-01-31", "1970-01-31"),
        ("profile.reachable", False, False),
        ("profile.gender", "other", "other"),
        ("profile.address.city", "   ", None),
    ],
)
def test_a_value_is_brought_to_its_form(path: str, value: Any, expected: Any) -> None:
    assert _canonical(path, value) == expected


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", ""),
        ("name", None),
        ("name", 7),
        ("name", "x" * 256),
        ("name", "x" * 10_240),
        ("name", "Jón\x00"),
        ("name", "\u202enósnóJ"),
        ("name", "Jón\ud800"),
        ("profile.email", "jon"),
        ("profile.email", "jon@x"),
        ("profile.email", "a@b..c"),
        ("profile.birthday", "19700101"),
        ("profile.birthday", "1970-W01-1"),
        ("profile.email", "a b@example.is"),
        ("profile.email", f"{'x' * 250}@example.is"),
        ("profile.phone", "abc"),
        ("profile.birthday", "1970-02-31"),
        ("profile.birthday", "31.01.1970"),
        ("profile.birthday", (date.today() + timedelta(days=2)).isoformat()),
        ("profile.reachable", "true"),
        ("profile.reachable", None),
        ("profile.gender", 1),
        ("profile.gender", ["male"]),
        ("profile.housingSituation", "castle"),
        ("profile.address.street", {"a": 1}),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_the_name_of_its_field(path: str, value: Any) -> None:
    with pytest.raises(InvalidValueError, match=f"^{path}: "):
        _canonical(path, value)


@given(st.sampled_from(FIELD_MAP.paths), st.none() | st.text() | st.integers() | st.booleans() | st.binary())
def test_any_value_is_taken_or_refused(path: str, value: Any) -> None:
    field = FIELD_MAP.field(path)
    if field is None or field.policy == "django_always":
        return
    try:
        once = canonical(field, value)
    except InvalidValueError:
        return
    assert canonical(field, once) == once


@pytest.fixture
def updates() -> ProfileUpdates:
    # Never asked anything: only the judgement of the changes is under test here.
    client = firestore.Client.__new__(firestore.Client)
    return ProfileUpdates(Members(client, ConfirmedRoles(client)), FIELD_MAP)


def test_changes_may_be_named_by_path_or_by_their_place_in_the_profile(updates: ProfileUpdates) -> None:
    wanted = {
        "name": "Jón",
        "email": "j@example.is",
        "profile.phone": "5551234",
        "address": {"city": "Akureyri"},
    }

    assert updates.changes_of(wanted) == {
        "name": "Jón",
        "profile.email": "j@example.is",
        "profile.phone": "5551234",
        "profile.address.city": "Akureyri",
    }


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"kennitala": "0202802345"},
        {"membership": {"status": "active"}},
        {"membership.status": "active"},
        {"roles": ["admin"]},
        {"verified": True},
        {"sync": {"operation": "x"}},
        {"email": "jon@example.is", "roles": ["admin"]},
    ],
)
def test_what_only_staff_or_functions_write_cannot_be_changed(
    updates: ProfileUpdates, wanted: dict[str, Any]
) -> None:
    with pytest.raises(CallableError):
        updates.changes_of(wanted)


def test_every_problem_is_named_at_once(updates: ProfileUpdates) -> None:
    with pytest.raises(CallableError) as caught:
        updates.changes_of({"email": "x", "phone": "y", "roles": 1})

    assert all(name in str(caught.value) for name in ("profile.email", "profile.phone", "roles"))


@pytest.mark.parametrize(
    ("document", "is_member", "roles"),
    [
        (None, False, ()),
        ({}, False, ()),
        ({"membership": {"status": "active"}}, True, ("member",)),
        ({"membership": {"status": "suspended"}}, False, ()),
        ({"membership": "active"}, False, ()),
        (
            {"membership": {"status": "active"}, "roles": ["admin", "king", "superuser"]},
            True,
            ("member", "admin", "superuser"),
        ),
        ({"roles": "admin"}, False, ()),
        ({"roles": {"admin": True}}, False, ()),
    ],
)
def test_a_register_entry_grants_no_more_than_it_says(
    document: dict[str, Any] | None, is_member: bool, roles: tuple[str, ...]
) -> None:
    membership = Membership.of("0101701234", document, confirmed=GRANTED_ROLES)

    assert (membership.is_member, membership.roles) == (is_member, roles)
    assert membership.claims == {"kennitala": "0101701234", "roles": list(roles), "isMember": is_member}
