"""A new project is treated as Google treats one, by the same seed the same way each time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from local.google.frame.treatment import Treatment, treatment_of
from local.world import NEW_PROJECT, World

CALLS = [f"GET /secretmanager/v1/projects/p/secrets/{number}" for number in range(200)]


@pytest.fixture
def new_project(world: World) -> Treatment:
    return treatment_of(replace(world, google=NEW_PROJECT, google_seed=3))


@pytest.fixture
def world() -> World:
    return World("quiet", "demo-quiet", "europe-west2", "127.0.0.1", None, {})  # type: ignore[arg-type]


def test_in_a_settled_project_all_counts_at_once_and_nothing_is_refused(world: World) -> None:
    settled = treatment_of(world)
    assert settled.seconds(settled.apis, "run") == settled.seconds(settled.grants, "a|b|c") == 0
    assert not any(settled.refusal(call, number) for call in CALLS for number in range(20))


def test_a_seed_always_leads_to_the_same(world: World, new_project: Treatment) -> None:
    again = treatment_of(replace(world, google=NEW_PROJECT, google_seed=3))
    other = treatment_of(replace(world, google=NEW_PROJECT, google_seed=4))
    assert moods(again) == moods(new_project)
    assert moods(other) != moods(new_project)


def moods(treatment: Treatment) -> list[object]:
    late = [treatment.seconds(treatment.grants, call) for call in CALLS]
    return [*late, *(treatment.refusal(call, 0) for call in CALLS)]


def test_what_is_late_stays_within_its_bounds(new_project: Treatment) -> None:
    late = [new_project.seconds(new_project.apis, call) for call in CALLS]
    shortest, longest = new_project.apis
    assert shortest <= min(late) < max(late) <= longest
    assert longest - shortest > 2 * (longest - max(late))


def test_some_calls_are_refused_in_both_ways_and_never_twice_running(new_project: Treatment) -> None:
    refused = [[new_project.refusal(call, number) for number in range(30)] for call in CALLS]
    flat = [status for each in refused for status in each]
    assert {429, 503, None} == set(flat)
    assert 0.04 < sum(status is not None for status in flat) / len(flat) < 0.12
    assert not any(first and second for each in refused for first, second in pairwise(each))
