"""Values that are written only once, so that each leads to its author."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from random import Random

from tests.proof.chaos.history import Values

BIRTHDAYS_FROM = date(1900, 1, 1)
EDITED = (
    "name",
    "profile.birthday",
    "profile.email",
    "profile.phone",
    "profile.address.street",
    "profile.address.city",
)
"""The fields that people edit: three tables, both policies that leave a choice."""


class NewValues:
    """A source of them, for one schedule; may be shared by threads."""

    def __init__(self, first: int = 1) -> None:
        self._numbers = itertools.count(first)

    def new(self, path: str) -> str:
        """A value for a field."""
        number = next(self._numbers)
        return {
            "name": f"Nafn {number} Þóruson",
            "profile.birthday": (BIRTHDAYS_FROM + timedelta(days=number)).isoformat(),
            "profile.email": f"nr{number}@example.is",
            "profile.phone": f"{5_000_000 + number}",
            "profile.address.street": f"Gata {number}",
            "profile.address.city": f"Bær {number}",
        }[path]

    def all(self) -> Values:
        """A value for each field."""
        return {path: self.new(path) for path in EDITED}

    def some(self, chance: Random) -> Values:
        """Values for one to three fields."""
        return {path: self.new(path) for path in chance.sample(EDITED, chance.choice([1, 1, 1, 2, 3]))}
