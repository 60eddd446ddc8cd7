"""Rules are released without a moment in which none are in force, whatever is there and whatever fails."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from infra.google_apis import command, release_rules
from tests.infra.rules_double import PROJECT, RulesDouble, serving

OLD, NEW = "service cloud.firestore { /* old */ }", "service cloud.firestore { /* new */ }"
RELEASE = f"{PROJECT}/releases/cloud.firestore"


@pytest.fixture
def google() -> Iterator[RulesDouble]:
    with serving(RulesDouble()) as double:
        yield double


@pytest.fixture
def with_old_rules(google: RulesDouble) -> RulesDouble:
    google.releases[RELEASE] = google.add(OLD)
    return google


@pytest.fixture(autouse=True)
def _bearer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "bearer-of-a-test")


def release(google: RulesDouble, monkeypatch: pytest.MonkeyPatch, content: str, **changes: str) -> int:
    told = {
        "rulesApi": google.url,
        "project": "p",
        "release": "cloud.firestore",
        "file": "firestore.rules",
        "content": content,
    }
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(told | changes)))
    return command.main("release_rules", release_rules.Told, release_rules.run)


def test_rules_are_created_where_there_are_none(google: RulesDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    assert release(google, monkeypatch, NEW) == 0
    assert google.content("cloud.firestore") == NEW


def test_existing_rules_are_replaced_without_a_moment_without_any(
    with_old_rules: RulesDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert release(with_old_rules, monkeypatch, NEW) == 0
    assert with_old_rules.content("cloud.firestore") == NEW
    assert set(with_old_rules.in_force) == {OLD, NEW}
    assert not [call for call in with_old_rules.calls if call.startswith("DELETE")]


def test_rules_that_are_in_force_already_are_not_released_again(
    with_old_rules: RulesDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert release(with_old_rules, monkeypatch, OLD) == 0
    assert {call.split()[0] for call in with_old_rules.calls} == {"GET"}


def test_rules_that_did_not_get_into_force_are_told(
    with_old_rules: RulesDouble, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For example since somebody else released others at the same moment."""
    monkeypatch.setattr(with_old_rules, "_put_into_force", lambda *_: (200, {}))
    assert release(with_old_rules, monkeypatch, NEW) == 1
    assert " is in force, though " in capsys.readouterr().err


def test_what_is_in_force_now_is_told(
    with_old_rules: RulesDouble, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = with_old_rules.releases[RELEASE]
    release(with_old_rules, monkeypatch, NEW)
    now = with_old_rules.releases[RELEASE]
    assert f"cloud.firestore: {now} is in force, after {before}\n" in capsys.readouterr().out
    release(with_old_rules, monkeypatch, NEW)
    assert "cloud.firestore: these rules are in force already\n" in capsys.readouterr().out


def test_rules_that_do_not_compile_change_nothing(
    with_old_rules: RulesDouble, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert release(with_old_rules, monkeypatch, "nonsense") == 1
    assert with_old_rules.content("cloud.firestore") == OLD
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("release_rules: ")
    assert line.endswith("400 Line 1: Unexpected end of file")


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
@pytest.mark.parametrize("status", [429, 503])
def test_an_api_that_is_away_for_a_moment_is_asked_again(
    with_old_rules: RulesDouble, monkeypatch: pytest.MonkeyPatch, method: str, status: int
) -> None:
    with_old_rules.faults[method] = [status]
    assert release(with_old_rules, monkeypatch, NEW) == 0
    assert with_old_rules.content("cloud.firestore") == NEW


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_after_a_failure_the_old_rules_are_in_force_and_the_next_run_releases_the_new(
    with_old_rules: RulesDouble, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    with_old_rules.faults[method] = [403]
    assert release(with_old_rules, monkeypatch, NEW) == 1
    assert with_old_rules.content("cloud.firestore") == OLD
    assert release(with_old_rules, monkeypatch, NEW) == 0
    assert with_old_rules.content("cloud.firestore") == NEW


def test_a_release_that_somebody_else_made_meanwhile_gets_our_rules(
    google: RulesDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to the first question is that there is none."""
    google.releases[RELEASE] = google.add(OLD)
    google.faults["GET"] = [404]
    assert release(google, monkeypatch, NEW) == 0
    assert google.content("cloud.firestore") == NEW


def test_another_database_has_a_release_of_its_own(
    with_old_rules: RulesDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert release(with_old_rules, monkeypatch, NEW, release="cloud.firestore/login-limits") == 0
    assert with_old_rules.content("cloud.firestore/login-limits") == NEW
    assert with_old_rules.content("cloud.firestore") == OLD


def test_old_rulesets_are_thinned_to_a_bounded_number_and_none_that_is_used(
    google: RulesDouble, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last twenty stay, so that somebody may go back to one."""
    oldest_and_used = google.add(OLD)
    google.releases[f"{RELEASE}/login-limits"] = oldest_and_used
    unused = [google.add(f"{{ {number} }}") for number in range(60)]
    other = google.add(OLD)
    google.rulesets[other] |= {
        "createTime": "2020-01-01T00:00:00Z",
        "metadata": {"services": ["firebase.storage"]},
    }
    assert release(google, monkeypatch, NEW) == 0
    assert google.rulesets.keys() == {
        oldest_and_used,
        other,
        google.releases[RELEASE],
        *unused[-20:],
    }
    assert capsys.readouterr().out.count("deleted, which no release used") == 40


def test_a_failure_to_thin_does_not_fail_the_release(
    with_old_rules: RulesDouble, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(40):
        with_old_rules.add(f"{{ {number} }}")
    with_old_rules.faults["DELETE"] = [403]
    assert release(with_old_rules, monkeypatch, NEW) == 0
    assert "old rulesets stay for now" in capsys.readouterr().out


def test_the_project_pays_for_the_calls_of_a_person(
    google: RulesDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person's own credentials name no project, and Firebase's APIs then answer 403."""
    release(google, monkeypatch, NEW)
    assert google.quota_projects == {"p"}


def test_a_mistake_in_what_is_told_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"project": "p"}'))
    assert command.main("release_rules", release_rules.Told, release_rules.run) == 1
    assert capsys.readouterr().err == "release_rules: settings: rulesApi: Field required\n"
