"""Invents a value for a synced field of which the demo register knows nothing but the field map's row."""

from __future__ import annotations

import random
from datetime import date, timedelta

from tools.fields.table import Row

Value = str | bool | int | None
MAIL_DOMAIN = "felagar.example"
"""`example` is reserved by RFC 2606: a letter to an invented member reaches nobody."""
FIRST_DAY, DAYS = date(1990, 1, 1), 12000
KNOWN = 0.7
"""The share of members who fill in an optional field."""


def invent(row: Row, seed: int, member: int) -> Value:
    """What the column holds for the member of that number: the same for the same seed."""
    chance = random.Random(f"{seed} {row.path} {member}")  # noqa: S311 (invented)  # nosec B311
    if not row.required and chance.random() > KNOWN:
        return None
    if row.choices:
        name = chance.choice(row.choices)
        return row.choices.index(name) if row.type == "numbered_choice" else name
    value = _by_type(row, chance, member)
    return value[: row.max_length] if isinstance(value, str) else value


def _by_type(row: Row, chance: random.Random, member: int) -> Value:
    day = (FIRST_DAY + timedelta(days=chance.randrange(DAYS))).isoformat()
    values: dict[str, Value] = {
        "email": f"felagi.{member}@{MAIL_DOMAIN}",
        "phone": f"6{chance.randrange(10**6):06d}",
        "date": day,
        "timestamp": f"{day}T12:00:00Z",
        "boolean": chance.random() < 0.5,
        "integer": chance.randrange(10**6),
    }
    return values.get(row.type, f"Dæmi {member}")
