"""`make proof` knows each long proof, goes on where it stopped, and shows what it found."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.__main__ import main
from tools.proof import command, progress, record
from tools.proof.command import Order, prove
from tools.proof.proof import Attempt, Portion, Proof
from tools.proof.proofs import PLACES, load

COUNTING = "counting"
PERSON = ("-c", "user.name=Test", "-c", "user.email=test@example.is")


class Counting:
    """A proof that keeps the numbers of its attempts and finds something at one of them."""

    def __init__(self, wrong: int | None = None) -> None:
        self.wrong = wrong
        self.interrupted: range | None = None
        self.tried: list[range] = []
        self.proof = Proof("Numbers are numbers.", "numbers", 10, 4, self.opened)

    @contextmanager
    def opened(self) -> Iterator[Attempt]:
        yield self._attempt

    def _attempt(self, seed: int, numbers: range) -> Portion:
        if numbers == self.interrupted:
            raise KeyboardInterrupt
        self.tried.append(numbers)
        found = [f"number {number} of seed {seed}" for number in numbers if number == self.wrong]
        return Portion({"even": sum(number % 2 == 0 for number in numbers)}, found)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Counting:
    made = Counting()
    monkeypatch.setattr(progress, "FOLDER", tmp_path / "proof")
    monkeypatch.setattr(progress, "sources", lambda: "abc")
    monkeypatch.setattr(command, "load", lambda name: made.proof)
    return made


@pytest.fixture
def document(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "docs" / "proof.md"
    path.parent.mkdir()
    path.write_text(record.DOCUMENT.read_text())
    monkeypatch.setattr(record, "DOCUMENT", path)
    monkeypatch.setattr(record, "ROOT", tmp_path)
    return path


def test_a_proof_is_tried_in_portions_to_its_size(counting: Counting) -> None:
    assert prove(Order([COUNTING])) == 0
    assert counting.tried == [range(0, 4), range(4, 8), range(8, 10)]


def test_the_same_command_goes_on_and_a_larger_size_adds(counting: Counting) -> None:
    prove(Order([COUNTING], size=5))
    assert prove(Order([COUNTING], size=7)) == 0
    assert counting.tried == [range(0, 4), range(4, 5), range(5, 7)]


def test_an_interrupted_proof_goes_on(counting: Counting) -> None:
    counting.interrupted = range(8, 10)
    with pytest.raises(KeyboardInterrupt):
        prove(Order([COUNTING]))
    counting.interrupted = None
    assert prove(Order([COUNTING])) == 0
    assert counting.tried == [range(0, 4), range(4, 8), range(8, 10)]


def test_another_seed_and_other_sources_begin_at_the_first(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove(Order([COUNTING], size=4))
    prove(Order([COUNTING], size=4, seed=2))
    monkeypatch.setattr(progress, "sources", lambda: "def")
    prove(Order([COUNTING], size=4))
    prove(Order([COUNTING], size=4, fresh=True))
    assert counting.tried == [range(0, 4)] * 4


def test_what_is_found_ends_it_and_is_found_again(
    counting: Counting, capsys: pytest.CaptureFixture[str]
) -> None:
    counting.wrong = 5
    assert prove(Order([COUNTING])) == 1
    assert "number 5 of seed 1" in capsys.readouterr().out
    assert prove(Order([COUNTING])) == 1
    assert counting.tried[-2:] == [range(4, 8)] * 2
    assert prove(Order([COUNTING], only=5)) == 1
    assert prove(Order([COUNTING], only=6)) == 0


def test_figures_are_recorded_if_nothing_was_found(counting: Counting, document: Path) -> None:
    assert prove(Order([COUNTING], recorded=True)) == 0
    assert "10 numbers, seed 1 | nothing (5 even)" in record.rows()[COUNTING]
    assert record.rows().keys() == {COUNTING, *PLACES}
    counting.wrong = 11
    assert prove(Order([COUNTING], size=12, recorded=True)) == 1
    assert "10 numbers" in record.rows()[COUNTING]


def test_a_machine_reads_a_line_for_each(counting: Counting, capsys: pytest.CaptureFixture[str]) -> None:
    prove(Order([COUNTING], as_json=True))
    told = json.loads(capsys.readouterr().out)
    assert (told["name"], told["done"], told["violations"]) == (COUNTING, 10, [])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no-such"], "no proof 'no-such'; there are "),
        (["rules", "--size", "0"], "'0' is not a number above 0"),
        (["--only", "x"], "invalid int value: 'x'"),
    ],
)
def test_a_mistake_is_named(arguments: Sequence[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["proof", *arguments])
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("name", PLACES)
def test_each_proof_is_one_and_its_row_says_so(name: str) -> None:
    proof = load(name)
    assert proof.size >= proof.portion >= 1
    assert record.rows()[name].startswith(f"{proof.claim} | ")


def test_no_row_is_about_a_proof_that_is_gone() -> None:
    assert record.rows().keys() == set(PLACES)


def test_the_sources_are_a_commit_and_what_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "ROOT", tmp_path)
    (tmp_path / "known.py").write_text("one")
    for command_line in (["init"], ["add", "."], [*PERSON, "commit", "-m", "Begin"]):
        subprocess.run(["git", *command_line], cwd=tmp_path, check=True, capture_output=True)
    states = [progress.sources()]
    (tmp_path / "known.py").write_text("two")
    states.append(progress.sources())
    (tmp_path / "new.py").write_text("three")
    states.append(progress.sources())
    assert len(states[0]) == 12
    assert len(set(states)) == 3
