"""The long proofs on a real host, `make proof PROOF=broken-hosts` and `PROOF=cut-deploys`.

Each takes one host for all its attempts, one after the other, in an order of the seed's: one may leave
something for the next.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random
from typing import TypeVar

from tests.host.broken.broken import Broken
from tests.host.broken_hosts import BROKEN
from tests.host.cuts import PAIRS, Cut, gets_over
from tests.host.healing import are_healed
from tests.host.live_host import LiveHost
from tests.host.running_host import running_host
from tools.proof.proof import Attempt, Portion, Proof

Kind = TypeVar("Kind")
Complaint = Callable[[LiveHost, Kind], str | None]


def _not_healed(host: LiveHost, row: Broken) -> str | None:
    """Why a broken host was not mended; None if it was."""
    try:
        are_healed(host, [row])
    except AssertionError as error:
        return f"{row.name}: `{row.command}`: {error}"
    return None


def _not_got_over(host: LiveHost, pair: tuple[str, Cut]) -> str | None:
    """What is not well after a deploy that was cut short; None if all is."""
    step, cut = pair
    try:
        gets_over(host, step, cut)
    except AssertionError as error:
        return f"{cut.name} after {step}: {error}"
    return None


def _opened(
    every: Sequence[Kind], complaint: Complaint[Kind]
) -> Callable[[], AbstractContextManager[Attempt]]:
    @contextmanager
    def opened() -> Iterator[Attempt]:
        with tempfile.TemporaryDirectory() as folder, running_host(Path(folder)) as host:

            def attempt(seed: int, numbers: range) -> Portion:
                order = Random(seed).sample(every, len(every))
                found = [complaint(host, order[number]) for number in numbers]
                return Portion(violations=[each for each in found if each])

            yield attempt

    return opened


PROOF = Proof(
    claim="Each broken host of the table is mended by one `fab` command.",
    unit="broken hosts",
    size=len(BROKEN),
    portion=1,
    opened=_opened(BROKEN, _not_healed),
    most=len(BROKEN),
)
CUT_DEPLOYS = Proof(
    claim="After each step, SIGTERM, a reboot, a full disk or a read-only one harms no later deploy.",
    unit="cut deploys",
    size=len(PAIRS),
    portion=1,
    opened=_opened(PAIRS, _not_got_over),
    most=len(PAIRS),
)
