"""Mutants of the Pulumi program: which there are, and how the score is told. `make mutate` tries them."""

from __future__ import annotations

import ast
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tools.__main__ import main
from tools.mutation import reach, record, score, trial
from tools.mutation.in_place import sitecustomize
from tools.mutation.mutants import Mutant, mutants, of_source
from tools.program_run import ROOT

SAMPLE = 15

SOURCE = '''
"""A module."""
import pulumi
def declare(settings: "Settings") -> None:
    """A docstring."""
    Bucket("wheels", location="EU", versions=[1, 2], labels={"for": "us"}, description="Read by people.")
    if settings.adopt:
        raise ValueError("read by people")
    print(f"read by people: {settings.adopt}")
    yield None, "read by people" + (", too" if settings.adopt else ".")
__all__ = ["declare"]
'''


def test_each_kind_of_change_is_made_once() -> None:
    kinds = Counter(mutant.name.split()[1] for mutant in of_source("module.py", SOURCE))
    assert kinds == {"argument": 4, "element": 5, "constant": 6, "statement": 5}


def test_a_mutant_differs_in_one_thing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "module.py").write_text(SOURCE)
    monkeypatch.setattr("tools.mutation.mutants.ROOT", tmp_path)
    original = ast.unparse(ast.parse(SOURCE))
    sources = [ast.unparse(mutant.tree()) for mutant in of_source("module.py", SOURCE)]
    assert len({original, *sources}) == len(sources) + 1
    assert original.replace("location='EU', ", "") in sources
    assert original.replace("'EU'", "'EUx'") in sources
    assert original.replace("[1, 2]", "[1]") in sources
    assert original.replace("{'for': 'us'}", "{}") in sources
    assert original.replace("raise ValueError('read by people')", "pass") in sources


def test_each_mutant_of_the_program_has_a_name_of_its_own() -> None:
    names = [mutant.name for mutant in mutants()]
    assert len(names) > 700
    assert len(set(names)) == len(names)


def test_every_argument_is_about_a_mutant_that_there_is() -> None:
    arguments = score.arguments()
    assert arguments.keys() - {mutant.name for mutant in mutants()} == set()
    assert [name for name, because in arguments.items() if len(because) < 20] == []


def test_what_is_known_counts_until_its_basis_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score, "KEPT", tmp_path / "results.json")
    first, second = mutants()[:2]
    tried: list[Mutant] = []

    def trial(unknown: list[Mutant], _likely: object) -> Iterator[tuple[Mutant, str | None]]:
        tried.extend(unknown)
        yield from ((mutant, "tests/infra/test_wiring.py::test_a") for mutant in unknown)

    monkeypatch.setattr(score, "tried_now", trial)
    assert len(score.score([first]).killed) == 1
    assert len(score.score([first, second]).killed) == 2
    kept = json.loads(score.KEPT.read_text())
    kept[first.name]["basis"] = "of another state"
    score.KEPT.write_text(json.dumps(kept))
    assert len(score.score([first, second]).killed) == 2
    assert tried == [first, second, first]


def test_an_argued_one_that_is_killed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = mutants()[:3]
    ends = [(first, "tests/infra/a.py::b"), (second, None), (third, None)]
    monkeypatch.setattr(score, "arguments", lambda: dict.fromkeys([first.name, second.name], "of no use"))
    monkeypatch.setattr(score, "killers_of", lambda _: ends)
    result = score.score([])
    assert (result.needless, result.argued, result.survived) == ([first.name], [second.name], [third.name])
    assert str(result).startswith("3 mutants: 1 killed (33.3 %), 1 argued, 1 survived;")


def test_the_score_without_the_comparison_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """That a change shows in docs/declared.yaml does not say that it is wrong."""
    first, second = mutants()[:2]
    ends = [(first, "tests/infra/test_declared.py::test_a"), (second, "tests/infra/test_wiring.py::test_b")]
    monkeypatch.setattr(score, "killers_of", lambda _: ends)
    told = str(score.score([]))
    assert "2 killed (100.0 %)" in told
    assert told.endswith("without the comparisons with generated documents 1 killed (50.0 %)")


def test_the_comparisons_are_asked_last_and_the_cheap_ones_first() -> None:
    """Else a comparison would hide the test that says what is wrong."""

    def item(file: str, *fixtures: str, **module: object) -> pytest.Item:
        item = SimpleNamespace(
            nodeid=f"tests/infra/{file}::test", fixturenames=fixtures, module=SimpleNamespace(**module)
        )
        return cast("pytest.Item", item)

    order = [
        item("test_difference.py"),
        item("test_wiring.py", "production"),
        item("test_settings.py", "config"),
        item("test_commands.py", subprocess=subprocess),
        item("test_declared.py", "production"),
        item("test_access_document.py", "production"),
    ]
    ranks = [trial.rank(each) for each in order]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 4


@pytest.mark.parametrize(
    ("module", "asked", "others"),
    [
        ("scheduler.py", {"test_wiring.py", "test_adoption.py", "test_settings.py"}, {"test_difference.py"}),
        ("google_apis/rules.py", {"test_rules_release.py"}, {"test_wiring.py"}),
        ("policies/data.py", {"test_policies.py"}, {"test_wiring.py"}),
        ("google_apis/session.py", {"test_session.py", "test_portal_release.py"}, {"test_difference.py"}),
        ("plugin_output.py", {"test_plugin_output.py"}, {"test_session.py"}),
        ("interrupted.py", {"test_interrupted.py", "test_wiring.py"}, {"test_session.py"}),
    ],
)
def test_a_module_is_tried_by_the_tests_that_reach_it(module: str, asked: set[str], others: set[str]) -> None:
    files = {path.name for path in reach.test_files(ROOT / "infra" / module)}
    assert asked <= files
    assert not files & others


def test_every_module_is_reached_by_some_test() -> None:
    assert {mutant.module for mutant in mutants() if not reach.test_files(ROOT / mutant.module)} == set()


def test_a_command_that_a_test_starts_runs_the_mutant(monkeypatch: pytest.MonkeyPatch) -> None:
    """`infra.plugin_output` is run as a program of its own."""
    for variable in ("PYTHONPATH", sitecustomize.PATH, sitecustomize.CODE):
        monkeypatch.setenv(variable, "")
    path = str(ROOT / "infra" / "plugin_output.py")
    sitecustomize.hand_on(path, compile("print('mutant')", path, "exec"))
    command = [sys.executable, "-m", "infra.plugin_output"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "mutant\n"


def test_what_was_recorded_is_known_by_the_mutants_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "KILLED", tmp_path / "killed.json")
    record.KILLED.write_text("{}")
    first, second = (mutant.name for mutant in mutants()[:2])
    record.write({first: "a.py::b", second: "pytest: 2", "no such mutant": "a.py::b"}, [])
    assert record.killed() == {first: "a.py::b"}
    record.write({}, [first])
    assert record.killed() == {}


def test_shards_that_record_at_once_lose_nothing_of_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "KILLED", tmp_path / "killed.json")
    record.KILLED.write_text("{}")
    read = record.killed

    def slowly() -> dict[str, str]:
        found = read()
        time.sleep(0.2)
        return found

    monkeypatch.setattr(record, "killed", slowly)
    names = [each.name for each in mutants()[:2]]
    shards = [threading.Thread(target=record.write, args=({name: "a.py::b"}, [])) for name in names]
    for shard in shards:
        shard.start()
    for shard in shards:
        shard.join()
    assert read().keys() == set(names)


def test_what_was_noticed_once_is_noticed_still(seed: int) -> None:
    """A test fails with each of a sample. `make mutate` tries those of which nothing is recorded."""
    known = record.killed()
    recorded = [each for each in mutants() if each.name in known]
    assert recorded
    sample = random.Random(seed).sample(recorded, min(SAMPLE, len(recorded)))
    found = dict(score.tried_now(sample, known))
    assert [f"{each.name} (by {known[each.name]})" for each in sample if not found[each]] == []


def test_what_is_to_be_tried_is_told_and_not_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So somebody sees how far a long run has come, which goes on with the same command."""
    monkeypatch.setattr(score, "KEPT", tmp_path / "results.json")
    monkeypatch.setattr(score, "tried_now", lambda *_: pytest.fail("it tries one"))
    first, second, _ = score.chosen(14, range(3))
    score._keep(first, None)
    score._keep(second, "tests/infra/test_told.py::test_a")
    assert main(["mutate", "--size", "3", "--seed", "14", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{first.name}: survives"
    assert lines[1] == f"{second.name}: tests/infra/test_told.py::test_a"
    assert lines[2].endswith(": to be tried")
    assert lines[3] == "3 mutants: of 2 the end is known, 1 are to be tried"
    assert main(["mutate", "--size", "3", "--seed", "14", "--shard", "2/2", "--list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"mutant": second.name, "isKnown": True, "killer": "tests/infra/test_told.py::test_a"}
    ]


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b"])
def test_a_wrong_shard_is_named(shard: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["mutate", "--shard", shard])
    assert f"{shard!r} is not like 1/4" in capsys.readouterr().err


def test_a_test_that_fails_by_chance_kills_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "is_sound", lambda _: True)
    by_chance = [["a.py::b"], [], [], []]
    asked: list[Sequence[str]] = []

    def killer_of(_: Mutant | None, tests: Sequence[str] = ()) -> str | None:
        asked.append(tests)
        return next(iter(by_chance.pop(0)), None)

    monkeypatch.setattr(trial, "killer_of", killer_of)
    assert trial.confirmed_killer_of(mutants()[0]) is None
    assert [bool(tests) for tests in asked] == [False, True, False]
    by_chance[:] = [["a.py::b"], ["a.py::b"]]
    assert trial.confirmed_killer_of(mutants()[0]) == "a.py::b"
