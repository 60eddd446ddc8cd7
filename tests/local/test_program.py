"""From Pulumi's output a person sees the progress, the sums, and after a failure what failed."""

from __future__ import annotations

from typing import Any

import pytest

from local import program, pulumi_stack
from local.steps import Say
from local.world import World, WorldError

GOOD = """\
Updating (local):
 +  gcp:projects:Service api-run creating (0s)
 +  gcp:projects:Service api-run created (0.10s)
 +  command:local:Command host-deploy creating (12s) upload
Outputs:
    portalUrl: "http://127.0.0.1:8400"
Resources:
    + 2 created
    98 unchanged

Duration: 13s
"""
BAD = """\
 +  gcp:projects:Service api-run **creating failed** error: no
Diagnostics:
  gcp:projects:Service (api-run):
    error: Service Usage API has not been used

  command:local:Command (host-provision):
           ok    0.1 s  packages
         done    4.5 s  4 operations changed something

  pulumi:pulumi:Stack (ekklesia-local):
    error: update failed

Resources:
    + 2 created
"""

BROKEN_POLICY = """\
 +  gcp:storage:Bucket backups creating (0s)
Policies:
    ❌ ekklesia@v1.0.0 (local: /srv/infra/policies/pack)
        - [mandatory]  buckets-uniform-private-versioned  (gcp:storage:Bucket: backups)
          Source: CKV_GCP_114.
          backups: can be made public (buckets-uniform-private-versioned, CKV_GCP_114)

Diagnostics:
  pulumi:pulumi:Stack (ekklesia-local):
    warning: using pulumi-language-python from $PATH at /usr/local/bin/pulumi-language-python
    error: update failed

"""


def speak(monkeypatch: pytest.MonkeyPatch, output: str, status: int) -> None:
    def stream(*_arguments: str, line: Say, **_others: Any) -> int:
        for text in output.splitlines():
            line(text)
        return status

    monkeypatch.setattr(pulumi_stack, "stream", stream)


def test_it_counts_what_was_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, GOOD, 0)
    said: list[str] = []
    assert program.bring_up(world, said.append) == {"created": 2, "unchanged": 98}
    assert said == [
        "creating Service api-run",
        "created Service api-run",
        "creating Command host-deploy",
        "2 created, 98 unchanged",
    ]


PENDING = (
    "warning: Attempting to deploy or update resources with 1 pending operations from previous deployment."
)


@pytest.mark.parametrize(("output", "cleared"), [(f"{PENDING}\n{GOOD}", ["unit"]), (GOOD, [])])
def test_what_an_interrupted_run_had_begun_leaves_the_state_with_the_first_that_succeeds(
    world: World, monkeypatch: pytest.MonkeyPatch, output: str, cleared: list[str]
) -> None:
    names: list[str] = []
    monkeypatch.setattr(pulumi_stack, "clear_pending", names.append)
    speak(monkeypatch, output, 0)
    program.bring_up(world, lambda _: None)
    assert names == cleared


def test_as_long_as_it_fails_it_stays_known(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    monkeypatch.setattr(pulumi_stack, "clear_pending", names.append)
    speak(monkeypatch, f"{PENDING}\n{BAD}", 255)
    with pytest.raises(WorldError):
        program.bring_up(world, lambda _: None)
    assert names == []


def test_a_failure_shows_what_failed_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, BAD, 255)
    with pytest.raises(WorldError) as failure:
        program.bring_up(world, lambda _: None)
    assert "Service Usage API has not been used" in str(failure.value)
    assert "operations changed something" not in str(failure.value)
    assert "update failed" not in str(failure.value)


def test_a_broken_policy_is_shown_in_its_own_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, BROKEN_POLICY, 255)
    with pytest.raises(WorldError) as failure:
        program.bring_up(world, lambda _: None)
    assert "backups: can be made public (buckets-uniform-private-versioned" in str(failure.value)
    assert "update failed" not in str(failure.value)
    assert "Diagnostics" not in str(failure.value)


def test_all_of_it_is_in_the_log(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, GOOD, 0)
    program.bring_up(world, lambda _: None)
    assert (world.state / "logs" / "pulumi.log").read_text() == GOOD


def test_a_failure_without_diagnostics_shows_everything(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(monkeypatch, "error: no stack named 'local' found", 255)
    with pytest.raises(WorldError, match="no stack named"):
        program.bring_up(world, lambda _: None)
