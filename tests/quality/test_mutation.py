"""Mutants of the Pulumi program: which there are, and how the score is told. `make mutate` tries them."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tools.__main__ import main
from tools.mutation import score, trial
from tools.mutation.mutants import Mutant, mutants, of_source

SOURCE = '''
"""A module."""
import pulumi
def declare(settings: "Settings") -> None:
    """A docstring."""
    Bucket("wheels", location="EU", versions=[1, 2], labels={"for": "us"}, description="Read by people.")
    if settings.adopt:
        raise ValueError("read by people")
'''


def test_each_kind_of_change_is_made_once() -> None:
    kinds = Counter(mutant.name.split()[1] for mutant in of_source("module.py", SOURCE))
    assert kinds == {"argument": 4, "element": 3, "constant": 6, "statement": 3}


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

    def trial(unknown: list[Mutant]) -> Iterator[tuple[Mutant, str | None]]:
        tried.extend(unknown)
        yield from ((mutant, "tests/infra/test_wiring.py::test_a") for mutant in unknown)

    monkeypatch.setattr(score, "_tried", trial)
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
    assert told.endswith("without the comparison with docs/declared.yaml 1 killed (50.0 %)")


def test_the_comparison_is_asked_last() -> None:
    """Else it would hide the tests that say what is wrong."""
    assert trial.quick_tests()[-1].endswith(score.COMPARISON)


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
