"""`python -m tools mutate`: tries mutants of the program and tells the score and the survivors."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from tools.mutation import record
from tools.mutation.mutants import Mutant, mutants
from tools.mutation.score import Score, TrialError, chosen, known_of, score


def wanted(size: int | None, seed: int, shard: tuple[int, int]) -> list[Mutant]:
    """That many mutants (or all) of one shard, in the seed's order."""
    part, parts = shard
    return chosen(seed, range(len(mutants()) if size is None else size)[part - 1 :: parts])


def show(tried: list[Mutant], *, as_json: bool = False) -> int:
    """Say which mutants would be tried, and what is known of each by now. None is tried."""
    known = known_of(tried)
    if as_json:
        states = [
            {"mutant": each.name, "isKnown": each in known, "killer": known.get(each)} for each in tried
        ]
        print(json.dumps(states))
        return 0
    for each in tried:
        print(f"{each.name}: {known[each] or 'survives' if each in known else 'to be tried'}")
    print(
        f"{len(tried)} mutants: of {len(known)} the end is known, {len(tried) - len(known)} are to be tried"
    )
    return 0


def mutate(tried: list[Mutant], *, as_json: bool = False, recorded: bool = False) -> int:
    """Try them; 1 if one survives that is not argued."""
    try:
        result = score(tried, lambda line: print(line, file=sys.stderr, flush=True))
    except TrialError as error:
        sys.exit(f"mutate: {error}")
    if recorded:
        record.write(result.killed, [*result.argued, *result.survived])
    print(json.dumps(asdict(result)) if as_json else told(result))
    return 1 if result.survived else 0


def told(result: Score) -> str:
    """For people."""
    lines = [f"survived: {name}" for name in result.survived]
    lines += [f"needless in arguments.toml, a test kills it: {name}" for name in result.needless]
    return "\n".join([*lines, str(result)])
