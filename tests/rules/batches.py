"""Random batches that a client may send: edits in the portal's form, most of them tampered with.

Each is made from a seed and its number alone, so any one can be made again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sync.field_map import SyncedField, load_field_map, nest
from tests.rules import hostile
from tests.rules.rest import UID, Raw, Rest, Wire, encoded, encoded_fields

MEMBER, OTHER, ADMIN = "0101303019", "0101302989", "0101700000"
FIELDS = tuple(row for row in load_field_map().fields if row.editor == "member")
ADDRESS = tuple(row.path for row in FIELDS if row.path.startswith("profile.address."))
NOW = {"setToServerValue": "REQUEST_TIME"}
PAST = Raw({"timestampValue": "2020-01-01T00:00:00Z"})
FOREIGN = (
    "name",
    "kennitala",
    "roles",
    "verified",
    "membership",
    "membership.status",
    "membership.djangoId",
    "profile.birthday",
    "profile.noSuchField",
    "profile.address.country",
    "sync.operation",
    "sync.resting",
    "`profile.email`",
    "profile.`email.work`",
    "held",
)
AT_FIRST = {
    "profile.email": "old@example.is",
    "profile.phone": "5551234",
    "profile.gender": "unknown",
    "profile.housingSituation": "unknown",
    "profile.reachable": True,
    "profile.groupable": True,
    "profile.address.street": "Dæmigata 1",
    "profile.address.postalcode": "101",
    "profile.address.city": "Reykjavík",
}
"""What a member's profile holds before the first batch."""
COLLECTIONS = ("members", "sync_queue", "sync_logs", "logins", "events", "roles", "settings")


@dataclass
class Batch:
    """One edit as it is put together: both halves, and who sends them."""

    chance: Random
    entry_id: str
    changes: dict[str, Any]
    written: dict[str, Any]
    kennitala: str = MEMBER
    claims: dict[str, Any] = field(
        default_factory=lambda: {"kennitala": MEMBER, "roles": [], "isMember": True}
    )
    entry: dict[str, Any] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    member: dict[str, Any] = field(default_factory=dict)
    mask: list[str] = field(default_factory=list)
    transforms: list[Wire] = field(default_factory=list)
    entry_transforms: list[Wire] = field(default_factory=list)
    more: list[Wire] = field(default_factory=list)
    halves: tuple[str, ...] = ("entry", "member")
    is_masked: bool = True

    @property
    def author(self) -> str:
        """The member who is logged in and may edit their own document; MEMBER, if it is none of these."""
        claimed = self.claims.get("kennitala")
        return claimed if claimed in (OTHER, ADMIN) else MEMBER

    def writes(self, rest: Rest) -> list[Wire]:
        """The batch as Firestore's REST API takes it."""
        made = {"entry": self._entry, "member": self._member}
        return [made[half](rest) for half in self.halves] + self.more

    def _entry(self, rest: Rest) -> Wire:
        fields = {
            "kennitala": self.kennitala,
            "target": "django",
            "action": "update",
            "changes": self.changes,
            "status": "pending",
            "syncedAt": None,
            "editedBy": UID,
            "editedAs": "member",
        } | self.entry
        kept = {name: value for name, value in fields.items() if name not in self.without}
        transforms = [] if "createdAt" in fields else [{"fieldPath": "createdAt", **NOW}]
        return {
            "update": {"name": rest.name(f"sync_queue/{self.entry_id}"), "fields": encoded_fields(kept)},
            "updateTransforms": transforms + self.entry_transforms,
        }

    def _member(self, rest: Rest) -> Wire:
        fields = {**self.written, "lastEdit": self.entry_id, "editPlace": 0} | self.member
        times = ["updatedAt"] * ("updatedAt" not in fields) + ["editTimes.`0`"] * ("editTimes" not in fields)
        transforms = [{"fieldPath": path, **NOW} for path in times]
        plain = {path: value for path, value in fields.items() if "`" not in path}
        literal = {path.strip("`"): value for path, value in fields.items() if path[0] == "`"}
        write: Wire = {
            "update": {
                "name": rest.name(f"members/{self.kennitala}"),
                "fields": encoded_fields(_nested(plain) | literal),
            },
            "updateTransforms": transforms + self.transforms,
        }
        if self.is_masked:
            write["updateMask"] = {"fieldPaths": [*fields, *self.mask]}
        return write


def made(seed: int, number: int) -> Batch:
    """The batch of this number."""
    chance = Random(f"{seed}:{number}")
    chosen = chance.sample(FIELDS, chance.randint(1, 3))
    hold = hostile.good if chance.random() < 0.5 else hostile.value
    changes = {row.path: hold(chance, row) for row in chosen}
    batch = Batch(chance, f"e{number}x{seed}", changes, dict(changes))
    for _ in range(chance.choices([0, 1, 2, 3], [35, 45, 15, 5])[0]):
        chance.choice(TAMPERINGS)(batch)
    return batch


def _nested(values: dict[str, Any]) -> dict[str, Any]:
    """Dotted paths to maps; where one lies within another, the last one stands."""
    try:
        return nest(values)
    except (TypeError, AttributeError):
        return values


def _other_value(batch: Batch) -> None:
    row = batch.chance.choice(FIELDS)
    batch.written[row.path] = hostile.value(batch.chance, row)


def _whole_address(batch: Batch) -> None:
    """The address as a whole; often with an entry that would fit an emptied one."""
    chance = batch.chance
    for path in ADDRESS:
        batch.written.pop(path, None)
        batch.changes.pop(path, None)
        if chance.random() < 0.7:
            batch.changes[path] = None
    batch.written["profile.address"] = chance.choice(
        [
            None,
            "Dæmigata 1",
            "x" * chance.choice(hostile.HUGE),
            {"street": "Dæmigata 1"},
            {"street": None, "country": "IS"},
            {path.rpartition(".")[2]: None for path in ADDRESS},
            hostile.of_another_type(chance),
        ]
    )


def _whole_profile(batch: Batch) -> None:
    values = nest(batch.changes)["profile"] if batch.changes else {}
    batch.written = {
        "profile": batch.chance.choice([values, None, "x", [values], hostile.of_another_type(batch.chance)])
    }


def _foreign(batch: Batch) -> None:
    path = batch.chance.choice(FOREIGN)
    batch.written[path] = batch.chance.choice(["x", None, ["superuser"], {"status": "left"}, 5])
    if batch.chance.random() < 0.3:
        batch.changes[path] = batch.written[path]


def _deleted(batch: Batch) -> None:
    batch.mask.append(
        batch.chance.choice([row.path for row in FIELDS] + ["profile.address", "profile", "roles"])
    )


def _transformed(batch: Batch) -> None:
    transform: Wire = batch.chance.choice(
        [
            NOW,
            {"increment": {"integerValue": "1"}},
            {"maximum": {"doubleValue": 1e300}},
            {"appendMissingElements": {"values": [{"stringValue": "superuser"}]}},
            {"removeAllFromArray": {"values": [{"stringValue": "member"}]}},
        ]
    )
    path = batch.chance.choice(
        [row.path for row in FIELDS] + [*FOREIGN, "lastEdit", "updatedAt", "profile.address"]
    )
    if batch.chance.random() < 0.7:
        batch.transforms.append({"fieldPath": path, **transform})
    else:
        inner = batch.chance.choice(
            ["changes", f"changes.`{path.replace('`', '')}`", "status", "kennitala", "syncedAt"]
        )
        batch.entry_transforms.append({"fieldPath": inner, **transform})


def _other_time(batch: Batch) -> None:
    batch.chance.choice([batch.entry.__setitem__, batch.member.__setitem__])(
        batch.chance.choice(["updatedAt", "createdAt"]), batch.chance.choice([PAST, None, "now", 5])
    )


def _other_place(batch: Batch) -> None:
    chance = batch.chance
    if chance.random() < 0.5:
        batch.member["editPlace"] = chance.choice([1, 24, -1, 0.0, "0", None, 10**15])
    else:
        batch.member["editTimes"] = chance.choice([{}, None, "x", {"0": PAST}, {"x" * 2000: PAST}, [PAST]])


def _other_name(batch: Batch) -> None:
    if batch.chance.random() < 0.5:
        batch.entry_id = batch.chance.choice(["x" * 1500, "a b", "é", batch.entry_id, "-" * 41])
    else:
        batch.member["lastEdit"] = batch.chance.choice([5, None, "other", "../members/x", ["e"], {"e": 1}])


def _other_entry(batch: Batch) -> None:
    chance = batch.chance
    name = chance.choice(
        [
            "kennitala",
            "target",
            "action",
            "changes",
            "status",
            "syncedAt",
            "createdAt",
            "editedBy",
            "editedAs",
            "priority",
            "expiresAt",
        ]
    )
    if chance.random() < 0.3:
        batch.without.add(name)
    else:
        odd = [
            None,
            OTHER,
            "x" * chance.choice(hostile.HUGE[:3]),
            PAST,
            {},
            [],
            hostile.of_another_type(chance),
        ]
        batch.entry[name] = chance.choice(odd)


def _seen(batch: Batch) -> None:
    """The author says what they saw: often what is there, or once was."""
    chance = batch.chance
    if chance.random() < 0.1:
        batch.entry["seen"] = hostile.of_another_type(chance)
        return
    paths = [path for path in batch.changes if chance.random() < 0.9]
    batch.entry["seen"] = {
        path: chance.choices([AT_FIRST.get(path), None, "x"], [9, 1, 1])[0] for path in paths
    }


def _other_halves(batch: Batch) -> None:
    batch.halves = batch.chance.choice(
        [
            ("entry",),
            ("member",),
            ("member", "entry"),
            ("entry", "entry", "member"),
            ("entry", "member", "member"),
        ]
    )


def _other_member(batch: Batch) -> None:
    batch.kennitala = batch.chance.choice([OTHER, ADMIN, "0101309999", "x"])


def _somebody_else(batch: Batch) -> None:
    claims: list[dict[str, Any]] = [
        {},
        {"kennitala": OTHER, "isMember": True},
        {"kennitala": MEMBER, "roles": ["superuser"]},
        {"kennitala": ADMIN, "roles": ["admin"], "isMember": True},
        {"kennitala": [MEMBER]},
    ]
    batch.claims = batch.chance.choice(claims)


def _whole_document(batch: Batch) -> None:
    batch.is_masked = False


def _more(batch: Batch) -> None:
    chance = batch.chance
    path = f"{chance.choice(COLLECTIONS)}/{chance.choice([MEMBER, OTHER, '0101309999', 'new'])}"
    name = f"projects/demo-rules/databases/(default)/documents/{path}"
    if chance.random() < 0.3:
        batch.more.append({"delete": name})
    else:
        value = encoded({"roles": ["superuser"], "kennitala": MEMBER, "status": "pending"})
        batch.more.append({"update": {"name": name, "fields": value["mapValue"]["fields"]}})


TAMPERINGS: tuple[Callable[[Batch], None], ...] = (
    _other_value,
    _other_value,
    _whole_address,
    _whole_address,
    _whole_profile,
    _foreign,
    _deleted,
    _transformed,
    _transformed,
    _other_time,
    _other_place,
    _other_name,
    _other_entry,
    _other_entry,
    _seen,
    _seen,
    _other_halves,
    _other_member,
    _somebody_else,
    _whole_document,
    _more,
)


def row_of(path: str) -> SyncedField | None:
    """The field of a path that members edit."""
    return next((row for row in FIELDS if row.path == path), None)
