"""Both halves of the sync carry one table of fields, and everything else that follows from it is current."""

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
