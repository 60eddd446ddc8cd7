"""`python -m tools proof`: runs long proofs in portions; an interrupted one goes on with the same command."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from tools.proof import record
from tools.proof.progress import Progress, begin
from tools.proof.proof import Attempt, Portion, Proof
from tools.proof.proofs import load

MOST_SHOWN = 50


@dataclass(frozen=True)
class Order:
    """What the command line asks for."""

    names: Sequence[str]
    size: int | None = None
    seed: int = 1
    only: int | None = None
    """The number of one attempt, to see again what it found."""
    fresh: bool = False
    recorded: bool = False
    as_json: bool = False


def prove(order: Order) -> int:
    """Run each proof to its size or to its first find; 1 if any found something."""
    found = False
    for name in order.names:
        proof = load(name)
        progress, violations = _run(name, proof, order)
        found = found or bool(violations)
        _tell_end(proof, progress, violations, as_json=order.as_json)
        if order.recorded and order.only is None and not violations:
            record.write(name, proof, progress)
    return 1 if found else 0


def listed(names: Sequence[str]) -> str:
    """The proofs, with what each shows."""
    proofs = {name: load(name) for name in names}
    return "\n".join(f"{name:<16} {proof.size} {proof.unit}: {proof.claim}" for name, proof in proofs.items())


def _run(name: str, proof: Proof, order: Order) -> tuple[Progress, Sequence[str]]:
    if order.only is not None:
        with proof.opened() as attempt:
            portion, seconds = _timed(attempt, order.seed, range(order.only, order.only + 1))
        return Progress(name, order.seed, "", 1, portion.counts, seconds), portion.violations
    size = order.size or proof.size
    if proof.most is not None:
        size = min(size, proof.most)
    progress = begin(name, order.seed, fresh=order.fresh)
    if progress.done:
        print(
            f"{name}: {progress.done} of {size} {proof.unit} were shown before", file=sys.stderr, flush=True
        )
    if progress.done >= size:
        return progress, ()
    with proof.opened() as attempt:
        for numbers in _portions(progress.done, size, proof.portion):
            portion, seconds = _timed(attempt, order.seed, numbers)
            if portion.violations:
                return progress, portion.violations
            progress = progress.with_portion(numbers.stop, portion.counts, seconds)
            progress.keep()
            _tell(proof, progress, size)
    return progress, ()


def _portions(start: int, end: int, length: int) -> Iterator[range]:
    yield from (range(first, min(first + length, end)) for first in range(start, end, length))


def _timed(attempt: Attempt, seed: int, numbers: range) -> tuple[Portion, float]:
    begun = time.monotonic()
    return attempt(seed, numbers), time.monotonic() - begun


def _tell(proof: Proof, progress: Progress, size: int) -> None:
    left = progress.seconds / progress.done * (size - progress.done)
    to_go = f" · about {left / 60:.1f} min to go" if left else ""
    print(
        f"{progress.name}, seed {progress.seed}: {_so_far(proof, progress, size)}{to_go}",
        file=sys.stderr,
        flush=True,
    )


def _so_far(proof: Proof, progress: Progress, size: int) -> str:
    counts = "".join(f", {number} {what}" for what, number in progress.counts.items())
    return f"{progress.done} of {size} {proof.unit}{counts}"


def _tell_end(proof: Proof, progress: Progress, violations: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(progress) | {"violations": list(violations)}))
        return
    for violation in violations[:MOST_SHOWN]:
        print(f"{progress.name}: {violation}")
    if violations:
        print(f"{progress.name}: FOUND {len(violations)} after {progress.done} {proof.unit}")
    else:
        print(f"{progress.name}: {progress.done} {proof.unit} found nothing ({progress.seconds:.0f} s)")
