"""A guard of the sync and how to remove it: a piece of a module's source, and what replaces it.

A mutation is made in place while a test runs: the functions of the loaded module get the changed code.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.proof.simulation import Simulation


class GuardMovedError(Exception):
    """The source that a mutation replaces is missing, or there more than once: update the mutation."""


@dataclass(frozen=True)
class Mutation:
    """A guard that can be removed.

    `examples`: how many random schedules are enough to see the harm. `scenario`: the schedule that shows it,
    if random ones seldom do.
    """

    name: str
    guard: str
    module: str
    old: str
    new: str
    examples: int = 300
    scenario: Callable[[Simulation], None] | None = None

    @contextmanager
    def made(self) -> Iterator[None]:
        """Remove the guard for the length of a `with` block. Raises GuardMovedError."""
        module = importlib.import_module(self.module)
        changed = _changed_functions(module, self._mutated(inspect.getsource(module)))
        originals = {function: function.__code__ for function in changed}
        try:
            for function, code in changed.items():
                function.__code__ = code
            yield
        finally:
            for function, code in originals.items():
                function.__code__ = code

    def _mutated(self, source: str) -> str:
        if source.count(self.old) != 1:
            raise GuardMovedError(
                f"{self.name}: {self.module} has {source.count(self.old)} times {self.old!r}"
            )
        return source.replace(self.old, self.new)


def _changed_functions(module: ModuleType, source: str) -> dict[FunctionType, CodeType]:
    """The module's functions that the changed source gives other code."""
    namespace = dict(vars(module))
    path = module.__file__ or module.__name__
    exec(compile(source, path, "exec", dont_inherit=True), namespace)  # noqa: S102 - our own source
    mutant = ModuleType(module.__name__)
    vars(mutant).update(namespace)
    after = {function.__qualname__: function.__code__ for function in _functions(mutant, path)}
    before = {function.__qualname__: function for function in _functions(module, path)}
    return {
        function: after[name]
        for name, function in before.items()
        if name in after and after[name] != function.__code__
    }


def _functions(module: ModuleType, path: str) -> Iterator[FunctionType]:
    """A module's own functions and methods."""
    for value in vars(module).values():
        members = vars(value).values() if inspect.isclass(value) else [value]
        for member in members:
            if isinstance(member, FunctionType) and member.__code__.co_filename == path:
                yield member
