"""What a task prints while it runs: one line per step, with the time it took."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape

from deploy.remote.errors import DeployError
from deploy.remote.plain_text import plain

COLOURS = {"failed": "red", "changed": "yellow", "warning": "yellow", "planned": "cyan"}


class Steps:
    """The steps of one task. Lines go to standard error; standard output stays free for results.

    With `as_json` each step is a JSON object on a line of standard output instead:
    `{"step", "outcome", "seconds", "detail"}`.
    """

    def __init__(self, where: str, *, as_json: bool = False) -> None:
        self._where = where
        self._as_json = as_json
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._began = time.monotonic()

    @contextmanager
    def step(self, name: str) -> Iterator[Outcome]:
        """One step; the block may put more into the outcome. A failure is printed and raised again."""
        outcome = Outcome()
        began = time.monotonic()
        try:
            yield outcome
        except BaseException as error:
            detail = str(error.message) if isinstance(error, DeployError) else type(error).__name__
            self._tell(name, "failed", time.monotonic() - began, detail)
            raise
        self._tell(name, outcome.state, time.monotonic() - began, outcome.detail)

    def warn(self, name: str, detail: str) -> None:
        """A line about something that could not be done and that stops nothing."""
        self._tell(name, "warning", 0.0, detail)

    def finish(self, text: str) -> None:
        """Print the last line: what the whole task has done, and the time it took."""
        self._tell(text, "done", time.monotonic() - self._began, "")

    def _tell(self, name: str, state: str, seconds: float, detail: str) -> None:
        if self._as_json:
            line: dict[str, Any] = {"step": name, "outcome": state, "seconds": round(seconds, 2)}
            print(json.dumps(line | {"host": self._where, "detail": detail}), file=sys.stdout, flush=True)
            return
        colour = COLOURS.get(state, "green")
        told = f"  {escape(plain(detail))}" if detail else ""
        self._console.print(f"[{colour}]{state:>9}[/] {seconds:6.1f} s  {escape(plain(name))}[dim]{told}[/]")


class Outcome:
    """How a step ended that did not fail."""

    def __init__(self) -> None:
        self.state = "ok"
        self.detail = ""

    def changed(self, detail: str = "") -> None:
        """The step changed something on the host."""
        self.state, self.detail = "changed", detail

    def planned(self, detail: str = "") -> None:
        """The step would change something."""
        self.state, self.detail = "planned", detail

    def warn(self, detail: str) -> None:
        """The step did not reach what it was for, and the task goes on nevertheless."""
        self.state, self.detail = "warning", detail

    def note(self, detail: str) -> None:
        """More about a step that changed nothing."""
        self.detail = detail
