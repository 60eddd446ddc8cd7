"""Workers that stop before each call to a store, so that anything may happen between two steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from enum import Enum
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

from sync.failures import SyncError, TransientError

Result = TypeVar("Result")
Item = TypeVar("Item")


def in_turn(work: Callable[[Item], Result], batches: Iterable[Item], _workers: int) -> Iterator[Result]:
    """`map_batches` without threads: a schedule can stop a worker only in its own thread."""
    return map(work, batches)


LIFE_SECONDS = 60.0
"""A call's deadline, which the server knows too."""


class Fault(Enum):
    """What may happen to a call."""

    NONE = "none"
    LOST_REQUEST = "the request is lost"
    LOST_ANSWER = "it is done, and the answer is lost"
    REPEATED = "it arrives twice"
    LATE = "no answer; it arrives some time later"


class Network:
    """Every call of a worker passes through it. Calls that no worker makes are left alone."""

    def __init__(self) -> None:
        self.now = 0.0
        self.in_flight: list[tuple[float, Callable[[], Any]]] = []
        """When each call was made that nobody waits for any more and that may still arrive, and the call."""

    def call(self, action: Callable[[], Result]) -> Result:
        """Stop until the schedule goes on, then act as it says. Raises TransientError if no answer comes."""
        worker = getcurrent()
        if not isinstance(worker, WorkerGreenlet):
            return action()
        fault = worker.pause()
        if fault is Fault.LATE:
            self.in_flight.append((self.now, action))
        if fault in (Fault.LATE, Fault.LOST_REQUEST):
            raise TransientError("no answer")
        result = action()
        if fault is Fault.REPEATED:
            result = action()
        if fault is Fault.LOST_ANSWER:
            raise TransientError("no answer")
        return result

    def land(self, index: int) -> None:
        """Let one of the calls in flight arrive; nobody hears the answer, not even that it is refused."""
        with suppress(SyncError):
            self.in_flight.pop(index)[1]()

    def wait(self, seconds: float) -> None:
        """Let time pass; calls that have been under way for too long are lost."""
        self.now += seconds
        self.in_flight = [call for call in self.in_flight if self.now - call[0] <= LIFE_SECONDS]


class WorkerGreenlet(greenlet):
    """Runs a task in turns with the schedule that made it."""

    def pause(self) -> Fault:
        """Hand over to the schedule; returns the fault with which it resumes."""
        if self.parent is None:
            raise RuntimeError("only a worker that a schedule has made can hand over to it")
        fault: Fault = self.parent.switch()
        return fault


class Worker:
    """One invocation of a function: begun, resumed call by call, finished or crashed."""

    def __init__(self, task: Callable[[], object], name: str) -> None:
        self.name = name
        self._greenlet = WorkerGreenlet(task)
        self._greenlet.switch()

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return self._greenlet.dead

    def resume(self, fault: Fault = Fault.NONE) -> None:
        """Make the next call, with this fault, and go on to the one after it."""
        self._greenlet.switch(fault)

    def finish(self) -> None:
        """Run to the end without faults."""
        while not self.is_done:
            self.resume()

    def crash(self) -> None:
        """End at once."""
        self._greenlet.throw()
