"""Which properties must, or must not, be given together, in the words of Terraform's SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from local.provider.bridge.schema import Relations
from local.provider.bridge.value_checks import quoted


@dataclass(frozen=True)
class Combination:
    """One property's relations to others."""

    is_given: Callable[[str], bool]
    """Whether the property at a path of Terraform's is given."""
    path: str
    relations: Relations

    def refused_always(self) -> Iterator[str]:
        """What is wrong, whether this property is given or not."""
        yield from self._refused_exactly_one()
        keys = self._with_own(self.relations.at_least_one_of)
        if self.relations.at_least_one_of and not any(map(self.is_given, keys)):
            yield self._one_must_be_given(keys)

    def refused_if_given(self) -> Iterator[str]:
        """What is wrong if this property is given."""
        keys = self._with_own(self.relations.required_with)
        if self.relations.required_with and not all(map(self.is_given, keys)):
            wanted = f"{quoted(self.path)}: all of `{_listed(keys)}` must be specified"
            yield f"Missing required argument. {wanted}"
        for other in filter(self.is_given, self.relations.conflicts_with):
            yield f"Conflicting configuration arguments. {quoted(self.path)}: conflicts with {other}"

    def _refused_exactly_one(self) -> Iterator[str]:
        if not self.relations.exactly_one_of:
            return
        keys = self._with_own(self.relations.exactly_one_of)
        given = list(filter(self.is_given, keys))
        if not given:
            yield self._one_must_be_given(keys)
        elif len(given) > 1:
            only = f"only one of `{_listed(keys)}` can be specified, but `{_listed(given)}` were specified."
            yield f"Invalid combination of arguments. {quoted(self.path)}: {only}"

    def _one_must_be_given(self, keys: list[str]) -> str:
        only = f"one of `{_listed(keys)}` must be specified"
        return f"Invalid combination of arguments. {quoted(self.path)}: {only}"

    def _with_own(self, others: Iterable[str]) -> list[str]:
        return sorted({self.path, *others})


def _listed(keys: Iterable[str]) -> str:
    return ",".join(keys)
