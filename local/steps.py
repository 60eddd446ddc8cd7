"""Shows the steps of a command: a line for each, with the time that it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

Say = Callable[[str], None]
TITLE_WIDTH = 19


class Steps:
    """The steps of one command in their order."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seconds: dict[str, float] = {}
        self._began = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[Say]:
        """Time a step. What is said shows while the step goes on; the last of it stays on the line."""
        started = time.monotonic()
        last = "done"
        with self.console.status(title) as status:

            def say(text: str) -> None:
                nonlocal last
                last = text
                status.update(f"{title}: {escape(text)}")

            try:
                yield say
            except BaseException:
                self.line(title, f"FAILED ({time.monotonic() - started:.2f} s)")
                raise
        self.seconds[title] = time.monotonic() - started
        self.line(title, f"{last} ({self.seconds[title]:.2f} s)")

    def line(self, title: str, text: str) -> None:
        """Print one line with its title in a column. Long lines are not broken."""
        self.console.print(f"{title:<{TITLE_WIDTH}} {text}", highlight=False, markup=False, soft_wrap=True)

    def total(self) -> float:
        """Seconds since the command began."""
        return time.monotonic() - self._began
