"""Batches at work side by side, with no more of them in memory than there are workers, and the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import chain, islice
from typing import TypeVar

Batch = TypeVar("Batch")
Result = TypeVar("Result")


def map_batches(work: Callable[[Batch], Result], batches: Iterable[Batch], workers: int) -> Iterator[Result]:
    """Results as they come. The first exception of a batch ends it all, after those under way are done."""
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
