"""Which backups stay, over years of nightly, deploys' and manual ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ekklesia_backup.retention import NAME, Rule, made, removable
from hypothesis import given
from hypothesis import strategies as st

RULE = Rule(daily=7, weekly=5, monthly=12, unscheduled=3)
START = datetime(2024, 1, 1, 2, 30, tzinfo=UTC)


def name(moment: datetime, kind: str = "daily") -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}-{kind}.tar"


def nights(count: int) -> list[str]:
    return [name(START + timedelta(days=day)) for day in range(count)]


def kept(names: list[str], rule: Rule = RULE, good: str | None = None) -> list[str]:
    gone = removable(names, rule, good)
    return [each for each in sorted(names) if each not in gone]


def test_after_two_years_there_are_a_week_some_weeks_and_a_year() -> None:
    stay = kept(nights(730))
    days = {made(each).date() for each in stay}
    last = START + timedelta(days=729)
    assert {(last - timedelta(days=ago)).date() for ago in range(7)} <= days
    assert len({(day.year, day.month) for day in days}) == 12
    assert len({day.isocalendar()[:2] for day in days}) >= 5
    assert len(stay) <= 7 + 5 + 12


def test_thinning_each_night_keeps_what_thinning_once_keeps() -> None:
    """Each night the rule is applied to what it left the night before."""
    present: list[str] = []
    for night in nights(730):
        present = kept([*present, night])
    assert present == kept(nights(730))


def test_of_one_day_the_newest_stays() -> None:
    hours = [name(START + timedelta(hours=hour)) for hour in range(5)]
    assert kept(hours) == hours[-1:]


def test_days_without_a_backup_do_not_count() -> None:
    """A host that was off for a year still has its last week."""
    old = nights(7)
    assert set(old) <= set(kept([*old, name(START + timedelta(days=400))], RULE._replace(daily=8)))


def test_each_unscheduled_kind_keeps_its_own_newest_few() -> None:
    deploys = [name(START + timedelta(minutes=minute), "deploy") for minute in range(6)]
    manual = [name(START + timedelta(minutes=minute), "manual") for minute in range(2)]
    assert kept([*nights(1), *deploys, *manual]) == sorted([*nights(1), *deploys[-3:], *manual])


def test_deploys_never_push_out_a_nightly_backup() -> None:
    deploys = [name(START + timedelta(days=9, minutes=minute), "deploy") for minute in range(50)]
    assert set(kept(nights(7))) <= set(kept([*nights(7), *deploys]))


def test_the_newest_good_one_stays_whatever_the_rule_says() -> None:
    """If the newer ones are damaged, they never push out one that can still be restored."""
    names = [name(START + timedelta(hours=hour), "deploy") for hour in range(10)]
    assert names[0] in removable(names, RULE, names[-1])
    assert names[0] in kept(names, good=names[0])


def test_files_with_other_names_are_not_touched() -> None:
    others = ["x.tar", "20240101T023000Z-daily.tar.sha256", "20240101T023000Z-daily.tar.copied", ".lock"]
    assert removable([*nights(400), *others], RULE, None)
    assert not set(others) & set(removable([*nights(400), *others], RULE, None))


moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))
all_names = st.lists(st.builds(name, moments, st.sampled_from(["daily", "deploy", "manual"])), unique=True)
rules = st.builds(Rule, *[st.integers(1, 20)] * 4)


@given(all_names, rules, st.data())
def test_properties(names: list[str], rule: Rule, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(names)) if names else None
    gone = removable(names, rule, good)
    stay = kept(names, rule, good)
    assert good not in gone
    assert not names or sorted(names)[-1] in stay
    assert removable(stay, rule, good) == []
    assert len(stay) <= rule.daily + rule.weekly + rule.monthly + 2 * rule.unscheduled + 2
    assert gone == sorted(gone)


@pytest.mark.parametrize("text", ["20240101T023000Z-daily.tar", "20260229T000000Z-restore.tar"])
def test_a_name_says_when(text: str) -> None:
    assert NAME.fullmatch(text)
