"""A register of any size: the demo members repeated, each time with other numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle, islice

from local.seed.register import Member, members


def register(size: int) -> Iterator[Member]:
    """`size` members, deterministic; their kennitalas are in order and name nobody (month 13)."""
    for number, member in enumerate(islice(cycle(list(members())), size)):
        yield member | {"ssn": f"0113{number:06d}", "email": f"member.{number}@felagar.example"}


def as_lines(size: int) -> str:
    """The register as the host's `manage.py load_register` reads it."""
    return "".join(f"{json.dumps(member, ensure_ascii=False)}\n" for member in register(size))
