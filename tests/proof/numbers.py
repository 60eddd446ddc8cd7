"""The members of the proof, and the kennitalas that each may have, one after the other and back again."""

from __future__ import annotations

KENNITALAS = ("0101701230", "0202801231")
"""The members, by the number that each begins with."""
NUMBERS = {"0101701230": ("0101701230", "0101701231", "0101701232"), "0202801231": ("0202801231",)}
ALL_NUMBERS = tuple(number for numbers in NUMBERS.values() for number in numbers)
_PERSONS = {number: member for member, numbers in NUMBERS.items() for number in numbers}


def person(number: str) -> str:
    """The member who has, had or may get this number."""
    return _PERSONS[number]
