"""The list of erased keys: who was erased, kept apart from both stores, so that a restore of either finds it.

A kennitala holds a birthday and can be guessed, so the list has only its HMAC, under a key of Secret Manager
that is nowhere else. One document for each: its name is the HMAC, `erasure` the id of the last erasure. The
register gives that id; a person's document, if they join again, says which erasure it is from after.

One document more, `key`, tells by which key the list was made. Under another one nobody would be found on it,
and everybody who was erased could come back; so then nothing goes on.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from google.cloud import firestore
from pydantic import SecretStr

from .failures import AccessError, translated

ERASED_KEYS = "erased_keys"
KEY = "key"
FEW = 10
"""Up to this number of people are looked up one by one; for more of them, the whole list is read."""
FRESH_SECONDS = 60.0
"""How long a list that was read whole is used. The register itself remembers younger erasures."""
SECONDS = 30.0
OTHER_KEY = "the list of erased keys was made by another key; give the functions that one (`erasedKeysKey`)"
Fields = Mapping[str, Any]


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
        names = {self._hmac(kennitala): kennitala for kennitala in kennitalas}
        known = self._fresh() if len(names) > FEW else self._few(list(names))
        return {kennitala: known[name] for name, kennitala in names.items() if name in known}

    def everybody(self) -> Callable[[str], bool]:
        """Whether somebody was erased."""
        known = self._fresh()
        return lambda kennitala: bool(known) and self._hmac(kennitala) in known

    def append(self, kennitala: str, erasure: str) -> None:
        """Put somebody on the list; the first one notes the key. Raises AccessError under another one."""
        key = self._keys.document(KEY)
        if KEY not in self._own(self._read([key])):
            translated(lambda: key.create({"hmac": self._hmac(KEY)}, timeout=SECONDS))
        document = self._keys.document(self._hmac(kennitala))
        values = {"erasure": erasure, "at": firestore.SERVER_TIMESTAMP}
        translated(lambda: document.set(values, timeout=SECONDS))

    def _hmac(self, text: str) -> str:
        return hmac.new(self.key.get_secret_value().encode(), text.encode(), hashlib.sha256).hexdigest()

    def _few(self, names: Sequence[str]) -> dict[str, str]:
        if not names:
            return {}
        return _erasures(self._own(self._read([self._keys.document(name) for name in [*names, KEY]])))

    def _read(self, documents: list[firestore.DocumentReference]) -> dict[str, Fields]:
        found = translated(lambda: list(self.client.get_all(documents, timeout=SECONDS)))
        return {entry.id: entry.to_dict() or {} for entry in found if entry.exists}

    def _own(self, entries: dict[str, Fields]) -> dict[str, Fields]:
        """These entries. Raises AccessError if the list was made by another key."""
        if entries.get(KEY, {}).get("hmac", self._hmac(KEY)) != self._hmac(KEY):
            raise AccessError(OTHER_KEY)
        return entries

    def _fresh(self) -> Mapping[str, str]:
        with self._lock:
            if self._read_at is None or self.clock() - self._read_at > FRESH_SECONDS:
                entries = translated(lambda: list(self._keys.stream(timeout=SECONDS)))
                self._whole = _erasures(self._own({entry.id: entry.to_dict() or {} for entry in entries}))
                self._read_at = self.clock()
            return self._whole

    @property
    def _keys(self) -> firestore.CollectionReference:
        return self.client.collection(ERASED_KEYS)


def _erasures(entries: Mapping[str, Fields]) -> dict[str, str]:
    return {name: str(fields.get("erasure")) for name, fields in entries.items() if name != KEY}
