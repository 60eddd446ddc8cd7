"""What the author of each change knew: every value, entry and deletion is a token of what was seen."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

_numbers = itertools.count()


class Token:
    """A change by a person (or two histories joined). `known`: the token and all that it was based on."""

    def __init__(self, label: str, parents: Iterable[Token | None] = ()) -> None:
        self.label = f"{label}#{next(_numbers)}"
        known = {self}.union(*(parent.known for parent in parents if parent is not None))
        self.known: frozenset[Token] = frozenset(known)

    def knows(self, other: Token) -> bool:
        """Whether the author of this one knew the other."""
        return other in self.known

    def __repr__(self) -> str:
        return self.label


def known_to(tokens: Iterable[Token | None]) -> frozenset[Token]:
    """Everything that any of them was based on."""
    return frozenset().union(*(token.known for token in tokens if token is not None))


def join(left: Token, right: Token) -> Token:
    """The history that has both."""
    if left.knows(right):
        return left
    return right if right.knows(left) else Token("both", [left, right])
