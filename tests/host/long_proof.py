"""`make proof PROOF=broken-hosts`: every broken host is mended by one `fab` command, one after the other."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.host.broken.broken import Broken
from tests.host.broken_hosts import BROKEN
from tests.host.healing import are_healed
from tests.host.live_host import LiveHost
from tests.host.running_host import running_host
from tools.proof.proof import Attempt, Portion, Proof


def _complaint(host: LiveHost, row: Broken) -> str | None:
    """Why a broken host was not mended; None if it was."""
    try:
        are_healed(host, [row])
    except AssertionError as error:
        return f"{row.name}: `{row.command}`: {error}"
    return None


@contextmanager
def _opened() -> Iterator[Attempt]:
    with tempfile.TemporaryDirectory() as folder, running_host(Path(folder)) as host:

        def attempt(seed: int, numbers: range) -> Portion:
            """The seed says in which order they are broken: one may leave something for the next."""
            order = Random(seed).sample(BROKEN, len(BROKEN))
            found = [_complaint(host, order[number]) for number in numbers]
            return Portion(violations=[each for each in found if each])

        yield attempt


PROOF = Proof(
    claim="Each broken host of the table is mended by one `fab` command.",
    unit="broken hosts",
    size=len(BROKEN),
    portion=1,
    opened=_opened,
    most=len(BROKEN),
)
