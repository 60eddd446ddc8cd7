"""Works on batches side by side. Only the batches at work and the next one are in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import chain, islice
from typing import TypeVar

Batch = TypeVar("Batch")
Result = TypeVar("Result")


def map_batches(work: Callable[[Batch], Result], batches: Iterable[Batch], workers: int) -> Iterator[Result]:
    """Results as they come. After the first exception no batch is begun; those under way are finished.

    A single worker is the caller itself.
    """
    if workers == 1:
        yield from map(work, batches)
        return
    source = iter(batches)
    with ThreadPoolExecutor(workers, thread_name_prefix="sync") as pool:
        running: set[Future[Result]] = {pool.submit(work, batch) for batch in islice(source, workers)}
        while running:
            # The next batch is fetched while these are at work, so that no worker has to wait for it.
            following = list(islice(source, 1))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
            running |= {pool.submit(work, batch) for batch in chain(following, islice(source, len(done) - 1))}
