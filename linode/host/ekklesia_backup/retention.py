"""Which backups stay: a pure function of their names. A name says when and why a backup was made."""

import re
from datetime import datetime, timezone
from typing import Iterable, List, NamedTuple, Optional, Set

NAME = re.compile(r"(\d{8}T\d{6}Z)-([a-z]+)\.tar")
SCHEDULED = "daily"


class Rule(NamedTuple):
    """How many stay: the newest of so many days, weeks and months, and so many of each unscheduled kind."""

    daily: int
    weekly: int
    monthly: int
    unscheduled: int


def removable(names: Iterable[str], rule: Rule, newest_good: Optional[str]) -> List[str]:
    """The names that may go, the oldest first.

    The nightly ones are thinned to the newest of each of the last days, weeks (ISO) and months that have one.
    The newest few of each other kind stay (`deploy`, `manual`, `migrate`, `restore`). Whatever the rule says,
    the newest backup stays, and so does the newest that is known to be good. Files with other names are
    left alone.
    """
    ours = sorted(filter(NAME.fullmatch, names))
    kinds = {}
    for name in reversed(ours):
        kinds.setdefault(NAME.fullmatch(name).group(2), []).append(name)
    kept = {newest_good, *ours[-1:]} | _thinned(kinds.pop(SCHEDULED, []), rule)
    for newest_first in kinds.values():
        kept.update(newest_first[: rule.unscheduled])
    return [name for name in ours if name not in kept]


def made(name: str) -> datetime:
    """When a backup of that name was made."""
    return datetime.strptime(NAME.fullmatch(name).group(1), "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)


def _thinned(newest_first: List[str], rule: Rule) -> Set[str]:
    periods = (
        (rule.daily, lambda moment: moment.date()),
        (rule.weekly, lambda moment: moment.isocalendar()[:2]),
        (rule.monthly, lambda moment: (moment.year, moment.month)),
    )
    kept = set()
    for count, period_of in periods:
        newest = {}
        for name in newest_first:
            newest.setdefault(period_of(made(name)), name)
        # Dictionaries keep the order of insertion: the newest period comes first.
        kept.update(list(newest.values())[:count])
    return kept
