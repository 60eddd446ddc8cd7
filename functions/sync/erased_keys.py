"""The list of erased keys: who was erased, kept apart from both stores, so that a restore of either finds it.

A kennitala holds a birthday and can be guessed, so the list has only its HMAC, under a key of Secret Manager
that is nowhere else. One document for each: its name is the HMAC, `erasure` the id of the last erasure. The
register gives that id; a person's document, if they join again, says which erasure it is from after.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from google.api_core import exceptions as google_errors
from google.cloud import firestore
from pydantic import SecretStr

from .failures import from_google

ERASED_KEYS = "erased_keys"
FEW = 10
"""So many are looked up one by one; for more of them, the whole list is read."""
FRESH_SECONDS = 60.0
"""For so long a list that was read whole is used. Younger erasures the register itself remembers."""
SECONDS = 30.0
Result = TypeVar("Result")


class ErasedKeys(Protocol):
    """Who was erased, by the id of the last erasure. Every call raises SyncError."""

    def of(self, kennitalas: Sequence[str], /) -> dict[str, str]:
        """Kennitala → erasure, of those who were erased."""

    def everybody(self) -> Callable[[str], bool]:
        """Whether somebody was erased, by the list as it is now."""

    def append(self, kennitala: str, erasure: str, /) -> None:
        """Put somebody on the list, or note a later erasure."""


class NobodyErased:
    """An empty list."""

    def of(self, _kennitalas: Sequence[str]) -> dict[str, str]:
        """Nobody."""
        return {}

    def everybody(self) -> Callable[[str], bool]:
        """Nobody was."""
        return lambda _: False

    def append(self, _kennitala: str, _erasure: str) -> None:
        """Refused: what has no list can erase nobody."""
        raise NotImplementedError("there is no list of erased keys")


@dataclass
class FirestoreErasedKeys:
    """The list in a database of its own; shared by threads."""

    client: firestore.Client
    key: SecretStr
    clock: Callable[[], float] = time.monotonic
    _lock: Any = field(default_factory=threading.Lock)
    _whole: Mapping[str, str] = field(default_factory=dict)
    _read_at: float | None = None

    def of(self, kennitalas: Sequence[str]) -> dict[str, str]:
        """Kennitala → erasure."""
        names = {self.name_of(kennitala): kennitala for kennitala in kennitalas}
        known = self._fresh() if len(names) > FEW else self._few(list(names))
        return {kennitala: known[name] for name, kennitala in names.items() if name in known}

    def everybody(self) -> Callable[[str], bool]:
        """Whether somebody was erased."""
        known = self._fresh()
        return lambda kennitala: bool(known) and self.name_of(kennitala) in known

    def append(self, kennitala: str, erasure: str) -> None:
        """Put somebody on the list."""
        document = self._keys.document(self.name_of(kennitala))
        values = {"erasure": erasure, "at": firestore.SERVER_TIMESTAMP}
        _translated(lambda: document.set(values, timeout=SECONDS))

    def name_of(self, kennitala: str) -> str:
        """The name of a person's entry."""
        return hmac.new(self.key.get_secret_value().encode(), kennitala.encode(), hashlib.sha256).hexdigest()

    def _few(self, names: Sequence[str]) -> dict[str, str]:
        if not names:
            return {}
        documents = [self._keys.document(name) for name in names]
        found = _translated(lambda: list(self.client.get_all(documents, timeout=SECONDS)))
        return {entry.id: _erasure(entry) for entry in found if entry.exists}

    def _fresh(self) -> Mapping[str, str]:
        with self._lock:
            if self._read_at is None or self.clock() - self._read_at > FRESH_SECONDS:
                entries = _translated(lambda: list(self._keys.stream(timeout=SECONDS)))
                self._whole = {entry.id: _erasure(entry) for entry in entries}
                self._read_at = self.clock()
            return self._whole

    @property
    def _keys(self) -> firestore.CollectionReference:
        return self.client.collection(ERASED_KEYS)


def _erasure(entry: Any) -> str:
    return str((entry.to_dict() or {}).get("erasure"))


def _translated(call: Callable[[], Result]) -> Result:
    try:
        return call()
    except (google_errors.GoogleAPICallError, google_errors.RetryError) as error:
        raise from_google(error) from error
