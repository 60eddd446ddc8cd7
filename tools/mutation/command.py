"""`python -m tools mutate`: tries mutants of the program and tells the score and the survivors."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from tools.mutation import record
from tools.mutation.mutants import mutants
from tools.mutation.score import Score, TrialError, chosen, score


def mutate(
    size: int | None, seed: int, shard: tuple[int, int], *, as_json: bool = False, recorded: bool = False
) -> int:
    """Try that many mutants (or all) of one shard; 1 if one survives that is not argued."""
    part, parts = shard
    numbers = range(len(mutants()) if size is None else size)[part - 1 :: parts]
    try:
        result = score(chosen(seed, numbers), lambda line: print(line, file=sys.stderr, flush=True))
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
