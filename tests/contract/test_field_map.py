"""Both halves of the sync carry one table of fields, and everything else that follows from it is current."""

from merge_engine import shared_fields as django
from sync import shared_fields as functions
from sync.field_map import load_field_map
from tools.fields.outputs import stale
from tools.fields.table import FIELD_MAP, ROOT, read

MEMBERS_OWN = {
    "profile.email",
    "profile.phone",
    "profile.address.street",
    "profile.address.postalcode",
    "profile.address.city",
    "profile.gender",
    "profile.housingSituation",
    "profile.reachable",
    "profile.groupable",
}
"""Fields that members must keep, whatever changes in the table."""


def test_copies_are_identical() -> None:
    there = ROOT / "functions" / "sync" / "field_map.json"
    assert (ROOT / FIELD_MAP).read_bytes() == there.read_bytes()


def test_everything_is_as_the_field_map_says() -> None:
    assert [str(path) for path in stale(ROOT)] == [], "`make fields` brings it up to date"


def test_members_edit_their_own_details_and_win() -> None:
    own = [row for row in read() if row.editor == "member" and row.policy == "member_wins"]
    assert {row.path for row in own} >= MEMBERS_OWN


def test_both_halves_tell_the_same_of_their_fields() -> None:
    """And both take a half that does not say it for the same one."""
    assert functions.told(load_field_map()) == django.TOLD
    assert functions.BEFORE == django.BEFORE
