"""Rules that the program's own command releases: the world's emulator enforces some at every moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from infra.google_apis.rules import Rules, RulesApi, release_rules
from infra.google_apis.session import GoogleApiError, Session, credentials
from local.services.firestore_rules import RELEASES, RULESETS
from local.world import World
from tests.services.declarations import PROJECT, Declarations

pytestmark = pytest.mark.usefixtures("googleapis", "firestore", "forgotten_rules")
RELEASE = "cloud.firestore"
ASKED_EVERY_SECONDS = 0.05
READ = "match /databases/{{database}}/documents {{ match /open/{{x}} {{ allow read: if {condition}; }} }}"


def rules(condition: str) -> Rules:
    match = READ.format(condition=condition)
    return Rules("firestore.rules", f"rules_version = '2';\nservice cloud.firestore {{ {match} }}\n")


@pytest.fixture
def forgotten_rules(declared: Declarations) -> Iterator[None]:
    """A project with a database, whose rules are gone after the test."""
    project = f"projects/{PROJECT}"
    declared.record("firestore.databases", f"{project}/databases/(default)", {})
    declared.record("serviceusage.services", f"{project}/services/firebaserules.googleapis.com", {})
    yield
    for kind in (RULESETS, RELEASES):
        for record in list(declared.store.list(kind)):
            declared.store.delete(kind, record.name)


@pytest.fixture
def session() -> Session:
    return Session(credentials("owner"), PROJECT)


@pytest.fixture
def api(running_world: World, session: Session) -> RulesApi:
    return RulesApi(session, f"{running_world.url('googleapis')}/firebaserules", PROJECT)


def status_of(world: World, path: str) -> int:
    """How the emulator answers a browser that is not logged in."""
    documents = f"{world.url('firestore')}/v1/projects/{PROJECT}/databases/(default)/documents"
    return httpx.get(f"{documents}/{path}", timeout=30).status_code


@contextmanager
def asking(world: World) -> Iterator[list[int]]:
    """What a browser is answered twenty times a second. The document does not exist: 404 is no refusal."""
    answers: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(ASKED_EVERY_SECONDS):
            answers.append(status_of(world, "open/document"))

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        yield answers
    finally:
        time.sleep(3 * ASKED_EVERY_SECONDS)
        over.set()
        asker.join()


def test_rules_go_from_one_to_the_next_without_a_gap(running_world: World, api: RulesApi) -> None:
    release_rules(api, RELEASE, rules("true"), lambda _: None)
    with asking(running_world) as answers:
        for number in range(10):
            release_rules(api, RELEASE, rules(f"{number} == {number}"), lambda _: None)
    assert set(answers) == {404}
    release_rules(api, RELEASE, rules("false"), lambda _: None)
    assert status_of(running_world, "open/document") == 403


def test_a_release_that_is_deleted_and_created_is_noticed(
    running_world: World, api: RulesApi, session: Session
) -> None:
    """What Pulumi's provider does: the test above would see it."""
    release_rules(api, RELEASE, rules("true"), lambda _: None)
    ruleset = api.ruleset_of(RELEASE)
    base = f"{running_world.url('googleapis')}/firebaserules/v1/projects/{PROJECT}/releases"
    with asking(running_world) as answers:
        session.request("DELETE", f"{base}/{RELEASE}")
        time.sleep(4 * ASKED_EVERY_SECONDS)
        release = {"name": f"projects/{PROJECT}/releases/{RELEASE}", "rulesetName": ruleset}
        session.request("POST", base, json=release)
    assert set(answers) == {403, 404}


def test_rules_that_do_not_compile_are_refused_and_change_nothing(
    running_world: World, api: RulesApi
) -> None:
    release_rules(api, RELEASE, rules("true"), lambda _: None)
    with pytest.raises(GoogleApiError, match="do not compile"):
        release_rules(api, RELEASE, rules("tru("), lambda _: None)
    assert status_of(running_world, "open/document") == 404


def test_a_used_ruleset_cannot_be_deleted(api: RulesApi) -> None:
    release_rules(api, RELEASE, rules("true"), lambda _: None)
    [ruleset] = api.released()
    with pytest.raises(GoogleApiError, match="referenced by a release"):
        api.delete_ruleset(ruleset)


def test_only_who_may_releases_rules(running_world: World, api: RulesApi) -> None:
    stranger = RulesApi(
        Session(credentials("nobody"), PROJECT),
        f"{running_world.url('googleapis')}/firebaserules",
        PROJECT,
    )
    with pytest.raises(GoogleApiError, match="401 Request had invalid authentication"):
        release_rules(stranger, RELEASE, rules("true"), lambda _: None)
    assert api.ruleset_of(RELEASE) is None
