"""The judges of the adoption rehearsal notice what it must not do (`make proof PROOF=adoption` is it)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.firestore_client import firestore_client
from local.services.readiness import wait_until_ready
from local.world import World
from tests.google.adoption import told_by_gcloud, told_by_libraries
from tests.google.adoption.firebase_by_hand import RULES, release_rules
from tests.google.adoption.inventory import GONE, Inventory, changes, taken
from tests.google.adoption.members import COLLECTION, documents, kennitala, put_members
from tests.google.adoption.previewed import Preview, gone
from tests.google.adoption.rules_watch import DENIED, OK, RulesWatch
from tests.google.conftest import REGION, bearer
from tests.google.functions import Functions
from tests.google.gcloud_command import GCLOUD, gcloud_at

GAP_SECONDS = 0.5
OPEN = RULES.replace("if request.auth", "if true || request.auth")
DOCUMENT = f"{COLLECTION}/{kennitala(7)}"


@pytest.fixture(scope="module")
def project(google_world: World) -> Iterator[World]:
    """The world, with members in a database whose emulator runs."""
    databases = f"{google_world.url('googleapis')}/firestore/v1/projects/{google_world.project}/databases"
    body = {"locationId": REGION, "type": "FIRESTORE_NATIVE"}
    with httpx.Client(headers=bearer(), trust_env=False, timeout=60) as client:
        client.post(databases, params={"databaseId": "(default)"}, json=body).raise_for_status()
        wait_until_ready(google_world, "firestore")
        put_members(google_world)
        yield google_world
        client.delete(f"{databases}/(default)").raise_for_status()


@pytest.fixture
def rules(project: World, discovered: Callable[[str], Any]) -> Iterator[Any]:
    """Firebase Rules, with the members' rules in force."""
    client = discovered("firebaserules.v1")
    release_rules(client, project.project, RULES)
    yield client
    client.projects().releases().delete(name=f"projects/{project.project}/releases/cloud.firestore").execute()


def test_rules_that_stay_in_force_are_no_gap(project: World, rules: Any) -> None:
    before = documents(project)
    with RulesWatch(project) as watch:
        time.sleep(GAP_SECONDS)
        release_rules(rules, project.project, f"{RULES}// the same, once more\n")
        time.sleep(GAP_SECONDS)
    assert watch.answers
    assert not watch.gaps
    assert changes(before, documents(project)) == {}


def test_half_a_second_without_rules_is_a_gap(project: World, rules: Any) -> None:
    releases = rules.projects().releases()
    name = f"projects/{project.project}/releases/cloud.firestore"
    with RulesWatch(project) as watch:
        before = releases.get(name=name).execute()
        releases.delete(name=name).execute()
        time.sleep(GAP_SECONDS)
        releases.create(name=f"projects/{project.project}", body=before).execute()
    assert (DENIED, DENIED, DENIED) in watch.gaps


def test_half_a_second_of_open_rules_is_a_gap_and_leaves_a_trace(project: World, rules: Any) -> None:
    before = documents(project)
    with RulesWatch(project) as watch:
        release_rules(rules, project.project, OPEN)
        time.sleep(GAP_SECONDS)
        release_rules(rules, project.project, RULES)
    assert (OK, OK, OK) in watch.gaps
    assert changes(before, documents(project))


def test_other_rules_are_a_change(project: World, rules: Any) -> None:
    before = told_by_libraries.rules(project)
    release_rules(rules, project.project, OPEN)
    assert "files" in changes(before, told_by_libraries.rules(project))["rules/cloud.firestore"]


def test_a_document_that_was_changed_and_changed_back_is_a_change(project: World) -> None:
    before, document = documents(project), firestore_client(project).document(DOCUMENT)
    content = document.get().to_dict() or {}
    document.set(content | {"name": "somebody else"})
    document.set(content)
    assert changes(before, documents(project)) == {f"documents/{DOCUMENT}": {"updateTime"}}
    document.delete()
    assert changes(before, documents(project)) == {f"documents/{DOCUMENT}": {GONE}}


def preview(*steps: dict[str, Any], warnings: tuple[str, ...] = ()) -> Preview:
    diagnostics = [{"message": f"warning: {each}"} for each in warnings]
    return Preview.parse(json.dumps({"steps": steps, "diagnostics": diagnostics}))


def update(name: str, *fields: str) -> dict[str, Any]:
    return {"op": "update", "urn": "u", "oldState": {"id": f"projects/p/{name}"}, "diffReasons": fields}


def test_exactly_what_was_told_may_change() -> None:
    before: Inventory = {
        "jobs/j": {"schedule": "1", "etag": "a", "httpTarget": {"uri": "x"}},
        "secrets/s": {"labels": {}},
    }
    after: Inventory = {
        "jobs/j": {"schedule": "2", "etag": "b", "httpTarget": {"uri": "y"}},
        "secrets/s": {"labels": {}},
    }
    told = preview(update("jobs/j", "schedule", "httpTarget", "deletionPolicy"))
    assert told.broken_promises(before, after) == []
    assert preview(update("jobs/j", "schedule")).broken_promises(before, after) == [
        "jobs/j: ['schedule'] were to change, ['httpTarget', 'schedule'] did"
    ]
    assert told.broken_promises(before, before) == [
        "jobs/j: ['httpTarget', 'schedule'] were to change, [] did"
    ]
    assert told.broken_promises(before, {"jobs/j": after["jobs/j"]}) == [
        "secrets/s: [] were to change, ['(gone)'] did"
    ]


def test_a_replacement_and_an_open_function_are_seen() -> None:
    steps = [{"op": op, "urn": "urn:x"} for op in ("create", "import", "replace", "delete-replaced")]
    assert preview(*steps).destructive == ["replace urn:x", "delete-replaced urn:x"]
    assert preview(warnings=("sync can be called by allUsers, and …",)).left_open == {"sync"}
    assert gone({"a": {}, "b": {"c": 1}}, {"b": {"c": 2}}) == ["a"]


@pytest.mark.skipif(GCLOUD is None, reason="gcloud is not installed")
def test_a_function_and_an_object_that_were_made_again_are_changes(
    google_world: World, functions: Functions, tmp_path: Path
) -> None:
    def asked() -> dict[str, Any]:
        return dict(taken(told_by_gcloud.questions(google_world, gcloud, ("functions", "objects"))))

    gcloud = gcloud_at(google_world, tmp_path)
    functions.create("made_twice")
    before = asked()
    functions.delete("made_twice")
    functions.create("made_twice")
    functions.put_source()
    found = changes(before, asked())
    assert "createTime" in found["functions/made_twice"]
    assert "generation" in found[f"objects/{functions.bucket}/source.zip"]
    functions.delete("made_twice")
