"""The list of erased keys in memory: `sync.erased_keys.ErasedKeys`, by the kennitala itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class MemoryList:
    """Kennitala → the last erasure."""

    entries: dict[str, str] = field(default_factory=dict)

    def of(self, kennitalas: Sequence[str], /) -> dict[str, str]:
        return {name: self.entries[name] for name in kennitalas if name in self.entries}

    def everybody(self) -> Callable[[str], bool]:
        return self.entries.__contains__

    def append(self, kennitala: str, erasure: str, /) -> None:
        self.entries[kennitala] = erasure
