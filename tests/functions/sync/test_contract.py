"""Both halves agree on the field map, on hashes, and on how values are written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from members.values import InvalidValueError, canonical
from sync.field_map import DJANGO_ALWAYS, MEMBER_WINS, STAFF_WINS, load_field_map

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "contract"
FIELD_MAP = load_field_map()
# Django takes these as a document has them; a member who types them is helped, or told.
HELPED_HERE = {
    "name",
    "profile.birthday",
    "profile.email",
    "profile.address.street",
    "profile.address.postalcode",
    "profile.address.city",
}


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))["cases"]
    return found


def test_both_halves_have_the_same_field_map() -> None:
    ours = ROOT / "functions" / "sync" / "field_map.json"
    theirs = ROOT / "linode" / "backend" / "merge_engine" / "field_map.json"

    assert ours.read_bytes() == theirs.read_bytes()


def test_every_field_has_a_policy_that_this_half_knows() -> None:
    assert {field.policy for field in FIELD_MAP.fields} == {MEMBER_WINS, STAFF_WINS, DJANGO_ALWAYS}


@pytest.mark.parametrize("case", cases("member_hashes"), ids=lambda case: case["name"])
def test_both_halves_hash_alike(case: dict[str, Any]) -> None:
    assert FIELD_MAP.hash(case["document"]) == case["hash"]


def editable(name: str, apart_from: set[str]) -> list[dict[str, Any]]:
    paths = {field.path for field in FIELD_MAP.fields if field.policy != DJANGO_ALWAYS} - apart_from
    return [case for case in cases(name) if case["field"] in paths]


@pytest.mark.parametrize("case", editable("canonical_values", HELPED_HERE), ids=lambda case: case["name"])
def test_a_members_value_is_brought_to_the_same_form(case: dict[str, Any]) -> None:
    field = FIELD_MAP.field(case["field"])
    assert field is not None
    try:
        assert canonical(field, case["value"]) == case["canonical"]
    except InvalidValueError:
        # Only what would empty a field that Django cannot do without is refused here.
        assert case["canonical"] is None
        assert field.required


@pytest.mark.parametrize("case", editable("refused_values", set()), ids=lambda case: case["name"])
def test_what_django_refuses_never_gets_there_from_here(case: dict[str, Any]) -> None:
    field = FIELD_MAP.field(case["field"])
    assert field is not None
    mended = [other["canonical"] for other in cases("canonical_values") if other["field"] == case["field"]]
    try:
        value = canonical(field, case["value"])
    except InvalidValueError:
        return
    assert value in mended
