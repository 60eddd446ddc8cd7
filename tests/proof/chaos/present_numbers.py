"""The kennitalas that a member of a storm may have: staff correct one into the other, and back."""

from __future__ import annotations

APART = 50
"""Between the two numbers of one member; there are fewer members than that."""


def first_number(kennitala: str) -> str:
    """The number by which history and checker name whoever has this one."""
    return kennitala[:8] + f"{int(kennitala[8:]) % APART:02d}"


def both_numbers(kennitala: str) -> list[str]:
    """All that the member may have."""
    first = first_number(kennitala)
    return [first, f"{int(first) + APART:010d}"]


class PresentNumbers:
    """Which number each member had last; staff and others who enter somebody use that one."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, kennitala: str) -> str:
        """The member's number."""
        return self._known.get(first_number(kennitala), kennitala)

    def correct(self, kennitala: str) -> None:
        """From now on the member has this number."""
        self._known[first_number(kennitala)] = kennitala
