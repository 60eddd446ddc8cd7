"""The checker finds each kind of violation: every case is a run with one thing wrong, or with none."""

from __future__ import annotations

import pytest

from tests.proof.chaos.checker import End, check
from tests.proof.chaos.history import Operation, Values

KENNITALA = "0101701234"


def operation(
    kind: str, side: str = "django", values: Values | None = None, saw: Values | None = None
) -> Operation:
    return Operation(kind, side, KENNITALA, values or {}, saw or {}, 0.0, 1.0, done=True)  # type: ignore[arg-type]


def end(django: Values | None, firestore: Values | None, **more: object) -> End:
    sides = [{} if side is None else {KENNITALA: side} for side in (django, firestore)]
    rest: dict[str, object] = {"conflicts": [], "remembered": {}, "waiting": [], "restless": []}
    return End(*sides, **(rest | more))  # type: ignore[arg-type]


def conflict(field: str, django: object, firestore: object, lost_on: str) -> Values:
    return {
        "kennitala": KENNITALA,
        "field": field,
        "lost_on": lost_on,
        "django": django,
        "firestore": firestore,
    }


ENTERED = operation("enter", values={"name": "A"})
BY_STAFF = operation("edit", values={"name": "B"}, saw={"name": "A"})
BY_MEMBER = operation("edit", "firestore", {"name": "C"}, {"name": "A"})
KNOWING = operation("edit", "firestore", {"name": "D"}, {"name": "B"})
BOTH = conflict("name", "B", "C", "firestore")

FINE = {
    "edited": ([ENTERED, BY_STAFF], end({"name": "B"}, {"name": "B"})),
    "one after the other": ([ENTERED, BY_STAFF, KNOWING], end({"name": "D"}, {"name": "D"})),
    "conflict": ([ENTERED, BY_STAFF, BY_MEMBER], end({"name": "B"}, {"name": "B"}, conflicts=[BOTH])),
    "deleted": ([ENTERED, operation("delete", saw={"name": "A"})], end(None, None)),
    "an edit beat a deletion": (
        [ENTERED, operation("delete", saw={"name": "A"}), BY_MEMBER],
        end({"name": "C"}, {"name": "C"}, conflicts=[conflict("existence", False, True, "django")]),
    ),
    "erased": ([ENTERED, BY_MEMBER, operation("erase", saw={"name": "A"})], end(None, None)),
}
WRONG = {
    "I1: the sides differ": ([ENTERED, BY_STAFF], end({"name": "B"}, {"name": "A"})),
    "I2: lost": ([ENTERED, BY_STAFF, BY_MEMBER], end({"name": "B"}, {"name": "B"})),
    "I2: gone": ([ENTERED], end(None, None)),
    "I2: erased": (
        [ENTERED, operation("erase", saw={"name": "A"})],
        end(None, None, remembered={KENNITALA: '{"name": "A"}'}),
    ),
    "I3: a conflict though": (
        [ENTERED, BY_STAFF, KNOWING],
        end({"name": "B"}, {"name": "B"}, conflicts=[conflict("name", "B", "D", "firestore")]),
    ),
    "I3: a conflict over": (
        [ENTERED],
        end({"name": "A"}, {"name": "A"}, conflicts=[conflict("profile.gender", "male", None, "firestore")]),
    ),
    "I4: erased": ([ENTERED, operation("erase", saw={})], end({"name": "A"}, {"name": "A"})),
    "I4: deleted": ([ENTERED, operation("delete", saw={"name": "A"})], end({"name": "A"}, {"name": "A"})),
    "I5": ([ENTERED], end({"name": "A"}, {"name": "A"}, restless=["0101701234"])),
    "I6": ([ENTERED], end({"name": "A"}, {"name": "A"}, waiting=["a row"])),
}


@pytest.mark.parametrize("name", FINE)
def test_a_good_run_passes(name: str) -> None:
    assert check(*FINE[name]) == []


@pytest.mark.parametrize("name", WRONG)
def test_each_violation_is_found(name: str) -> None:
    assert any(problem.startswith(name) for problem in check(*WRONG[name]))


def test_an_operation_without_effect_is_ignored() -> None:
    refused = Operation("edit", "django", KENNITALA, {"name": "B"}, {"name": "A"}, 0.0, 1.0, done=False)
    assert check([ENTERED, refused], end({"name": "A"}, {"name": "A"})) == []
