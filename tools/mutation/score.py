"""The score of the program: which mutants a test kills, which are argued, and which survive.

What was found is kept in `.local/mutation/`, and counts as long as what it rests on has not changed: of a
killed one its module and the test that killed it, of a survivor the whole program and all its quick tests.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from local.exclusive import exclusively
from local.whole_file import write_whole
from local.world import ROOT
from tools.mutation.mutants import Mutant, mutants
from tools.mutation.record import killed

ARGUMENTS = Path(__file__).with_name("arguments.toml")
KEPT = ROOT / ".local" / "mutation" / "results.json"
SHARED = (
    "infra/*.py",
    "infra/google_apis/*.py",
    "infra/policies/*.py",
    "infra/firestore.*",
    "infra/*.rules",
    "tests/infra/*.py",
    "tools/program_run.py",
    "Pulumi.prod.yaml",
)
COMPARISONS = ("tests/infra/test_declared.py", "tests/infra/test_access_document.py")
"""They notice that something changes, not that it is wrong. So they are asked last, and hide no other."""
TRIAL = (sys.executable, "-m", "tools.mutation.trial")


class TrialError(Exception):
    """The quick tests fail without any mutant, or the sources have changed meanwhile."""


@dataclass
class Score:
    """Names of mutants; of the killed ones with the test that did it."""

    killed: dict[str, str] = field(default_factory=dict)
    argued: list[str] = field(default_factory=list)
    survived: list[str] = field(default_factory=list)
    only_shown: list[str] = field(default_factory=list)
    """The killed ones that nothing but a comparison with a generated document notices."""
    needless: list[str] = field(default_factory=list)
    """They are argued, but a test kills them."""

    def __str__(self) -> str:
        tried = len(self.killed) + len(self.argued) + len(self.survived)
        killed, judged = len(self.killed), len(self.killed) - len(self.only_shown)
        return (
            f"{tried} mutants: {killed} killed ({_share(killed, tried)}), {len(self.argued)} argued,"
            f" {len(self.survived)} survived; without the comparisons with generated documents"
            f" {judged} killed ({_share(judged, tried)})"
        )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "100 %"


def chosen(seed: int, numbers: Iterable[int]) -> list[Mutant]:
    """The mutants of these places in an order that the seed makes."""
    every = mutants()
    random.Random(seed).shuffle(every)  # noqa: S311 # nosec B311 - a sample, not a secret
    return [every[number] for number in numbers if number < len(every)]


def arguments() -> dict[str, str]:
    """By name of a mutant: why it may survive."""
    entries = tomllib.loads(ARGUMENTS.read_text()).get("argument", [])
    return {mutant: entry["because"] for entry in entries for mutant in entry["mutants"]}


def score(tried: Sequence[Mutant], report: Callable[[str], None] = lambda _: None) -> Score:
    """Try them, or take what is known of them; `report` gets a line after each."""
    result, accepted = Score(), arguments()
    for number, (mutant, killer) in enumerate(killers_of(tried), start=1):
        report(f"{number} of {len(tried)}  {mutant.name}: {killer or 'survives'}")
        if killer:
            result.killed[mutant.name] = killer
            result.only_shown += [mutant.name] if killer.startswith(COMPARISONS) else []
            result.needless += [mutant.name] if mutant.name in accepted else []
        else:
            (result.argued if mutant.name in accepted else result.survived).append(mutant.name)
    return result


def killers_of(tried: Sequence[Mutant]) -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant with the test that kills it, or None; each new one is kept at once."""
    known = known_of(tried)
    yield from known.items()
    unknown = [mutant for mutant in tried if mutant not in known]
    # The test that killed one in another state of the sources is most likely to do so again.
    likely = killed() | {name: found["killer"] for name, found in _kept().items() if found["killer"]}
    for mutant, killer in tried_now(unknown, likely):
        _keep(mutant, killer)
        yield mutant, killer


def known_of(tried: Iterable[Mutant]) -> dict[Mutant, str | None]:
    """Those of which this machine knows the end: the test that kills each, or None."""
    kept = _kept()
    return {each: kept[each.name]["killer"] for each in tried if _is_current(each, kept.get(each.name))}


def _keep(mutant: Mutant, killer: str | None) -> None:
    """Several shards may run side by side."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    with exclusively(KEPT.with_suffix(".lock")):
        kept = _kept() | {mutant.name: {"killer": killer, "basis": _basis(mutant, killer)}}
        write_whole(KEPT, json.dumps(kept))


def tried_now(
    wanted: Sequence[Mutant], likely: Mapping[str, str | None]
) -> Iterator[tuple[Mutant, str | None]]:
    """Try mutants, whatever is known of them. `likely`: by name, the test that is asked first."""
    if not wanted:
        return
    numbers = {mutant: number for number, mutant in enumerate(mutants())}
    orders = [{"number": numbers[mutant], "first": likely.get(mutant.name)} for mutant in wanted]
    lines = "".join(f"{json.dumps(order)}\n" for order in orders)
    with subprocess.Popen(TRIAL, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as trial:
        assert trial.stdin  # noqa: S101 # nosec B101 - it is a pipe
        assert trial.stdout  # noqa: S101 # nosec B101
        trial.stdin.write(lines)
        trial.stdin.close()
        for mutant in wanted:
            if not (line := trial.stdout.readline()):
                raise TrialError("the trial of mutants ended; what stopped it is above")
            yield mutant, json.loads(line)["killer"]


def _kept() -> dict[str, dict[str, str | None]]:
    with suppress(FileNotFoundError):
        return dict(json.loads(KEPT.read_text()))
    return {}


def _is_current(mutant: Mutant, found: dict[str, str | None] | None) -> bool:
    return found is not None and found["basis"] == _basis(mutant, found["killer"])


def _basis(mutant: Mutant, killer: str | None) -> str:
    """A hash of what a finding rests on."""
    if killer and "::" in killer:
        files = [ROOT / mutant.module, ROOT / killer.partition("::")[0]]
    else:
        files = sorted(path for pattern in SHARED for path in ROOT.glob(pattern))
    texts = [path.read_bytes() if path.exists() else b"" for path in files]
    return hashlib.sha256(b"\0".join([mutant.name.encode(), *texts])).hexdigest()[:16]
