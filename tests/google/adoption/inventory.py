"""Everything that is there in a project, and what differs between two such inventories.

Nobody of this project tells it: `told_by_gcloud.py` and `told_by_libraries.py` ask Google's own clients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Inventory = dict[str, dict[str, Any]]
"""Kind and name of a resource → its own fields."""
Question = Callable[[], Inventory]
GONE = "(gone)"
AT_ONCE = 4


def taken(questions: Sequence[Question]) -> Inventory:
    """The answers to all questions."""
    found: Inventory = {}
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        for part in pool.map(lambda ask: ask(), questions):
            found |= part
    return found


def changes(before: Inventory, after: Inventory) -> dict[str, set[str]]:
    """What was there before and is otherwise now: the paths of its fields, or that it is gone."""
    found = {
        name: set(_paths(fields, after[name])) if name in after else {GONE} for name, fields in before.items()
    }
    return {name: paths for name, paths in found.items() if paths}


def _paths(before: Any, after: Any, place: str = "") -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys()):
            yield from _paths(before.get(key), after.get(key), f"{place}.{key}" if place else str(key))
    elif before != after:
        yield place
