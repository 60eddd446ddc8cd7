"""Invents the demo register: as many members, addresses and test numbers as the real one has.

Deterministic: the same seed gives the same members on every machine, so figures can be compared. The shape
of a member is that of the host's `manage.py load_register`: one JSON object a line. A synced
field that has no rule of its own here gets a value by its type (invention.py).
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypedDict

from faker import Faker

from local.seed.iceland import POSTAL_TOWNS, STREETS, kennitala
from local.seed.invention import MAIL_DOMAIN, invent
from tools.fields import table

MEMBERS = 2174
WITH_ADDRESS = 1975
TEST_NUMBERS = 59
"""Members whose kennitala begins 9999, as those that an association registers for trials do."""
SEED = 20251105
OLDEST, YOUNGEST = date(1931, 1, 1), date(2008, 12, 31)
FOUNDED, TODAY = datetime(2017, 5, 1, tzinfo=UTC), datetime(2025, 11, 5, tzinfo=UTC)
ROWS = {row.column: row for row in table.read() if row.path != "membership.djangoId"}
UNKNOWN, MALE, FEMALE, OTHER = map(ROWS["gender"].choices.index, ("unknown", "male", "female", "other"))
HOUSING_SITUATIONS = range(len(ROWS["housing_situation"].choices))
STATUSES = {"active": 94, "left": 4, "suspended": 2}
"""Status → of a hundred members."""


Member = dict[str, Any]
"""One line of the register: every synced column but the id, as the column holds it; dates as ISO 8601."""


class Person(TypedDict):
    """A test person of the stand-in for Kenni.is. Iceland publishes these two; they exist nowhere else."""

    kennitala: str
    name: str
    roles: list[str]


AFRICA: Person = {"kennitala": "0101303019", "name": "Gervimaður Afríka", "roles": []}
AMERICA: Person = {"kennitala": "0101302989", "name": "Gervimaður Ameríka", "roles": ["superuser"]}
TEST_PERSONS = (AFRICA, AMERICA)
SUPERUSER = AMERICA


def members() -> Iterator[Member]:
    """All MEMBERS of them, each kennitala once, the test persons first."""
    inventor = _Inventor()
    for person in TEST_PERSONS:
        yield inventor.member(person["kennitala"], person["name"], date(1930, 1, 1), MALE, "active")
    for number in range(MEMBERS - len(TEST_PERSONS)):
        yield inventor.stranger(test_number=number < TEST_NUMBERS)


class _Inventor:
    """The random choices, all from one seed, and what must be unique among them."""

    def __init__(self) -> None:
        self.random = random.Random(SEED)  # noqa: S311 (invented people, not secrets)  # nosec B311
        self.names = Faker("is_IS")
        self.names.seed_instance(SEED)
        self.taken = {person["kennitala"] for person in TEST_PERSONS}
        with_address = self.random.sample(range(MEMBERS), WITH_ADDRESS)
        self.with_address = {*with_address}
        self.count = 0

    def stranger(self, *, test_number: bool) -> Member:
        birthday = OLDEST + timedelta(days=self.random.randrange((YOUNGEST - OLDEST).days))
        gender = self.random.choices((UNKNOWN, MALE, FEMALE, OTHER), (3, 48, 48, 1))[0]
        number = self._test_number() if test_number else self._kennitala(birthday)
        status = self.random.choices([*STATUSES], [*STATUSES.values()])[0]
        return self.member(number, self._name(gender), birthday, gender, status)

    def member(self, number: str, name: str, birthday: date, gender: int, status: str) -> Member:
        has_address = self.count in self.with_address
        self.count += 1
        postal_code = self.random.choice([*POSTAL_TOWNS])
        street = f"{self.random.choice(STREETS)} {self.random.randint(1, 90)}"
        known = Member(
            ssn=number,
            name=name,
            birthday=birthday.isoformat(),
            date_joined=self._joined(birthday),
            reachable=self._chance(90),
            groupable=self._chance(80),
            gender=gender,
            housing_situation=self.random.choice(HOUSING_SITUATIONS),
            status=status,
            email=self._mail(name) if self._chance(96) else None,
            phone=self._phone() if self._chance(92) else None,
            street_address=street if has_address else None,
            postal_code=postal_code if has_address else None,
            city=POSTAL_TOWNS[postal_code] if has_address else None,
        )
        invented = {name: invent(row, SEED, self.count) for name, row in ROWS.items() if name not in known}
        return {name: (known | invented)[name] for name in ROWS}

    def _kennitala(self, birthday: date) -> str:
        while True:
            number = kennitala(birthday, self.random.randint(20, 99))
            if number and number not in self.taken:
                self.taken.add(number)
                return number

    def _test_number(self) -> str:
        return f"9999{self.count:05d}9"

    def _name(self, gender: int) -> str:
        if gender == MALE:
            return self.names.name_male()
        return self.names.name_female() if gender == FEMALE else self.names.name()

    def _mail(self, name: str) -> str:
        """A unique address of plain letters; the number keeps namesakes apart."""
        plain = name.lower().replace("þ", "th").replace("ð", "d").replace("æ", "ae")
        letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
        return f"{re.sub('[^a-z]+', '.', letters)}.{self.count}@{MAIL_DOMAIN}"

    def _phone(self) -> str:
        """Seven digits; Icelandic mobile numbers begin with 6, 7 or 8."""
        return f"{self.random.choice('678')}{self.random.randrange(10**6):06d}"

    def _joined(self, birthday: date) -> str:
        grown = datetime(birthday.year + 16, birthday.month, 28, tzinfo=UTC)
        first = max(FOUNDED, grown)
        moment = first + timedelta(seconds=self.random.randrange(int((TODAY - first).total_seconds())))
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}"

    def _chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent
